"""``/v1/jobs``: what became of uploads."""

from __future__ import annotations

from fastapi import APIRouter

from app.api.service import ServiceOf
from core.types import JobStatus
from indexing.job_table import Job

router = APIRouter(prefix="/v1/jobs", tags=["documents"])


def status(job: Job) -> JobStatus:
    """What people see of a job."""
    return JobStatus(id=job.id, state=job.state, documents=job.documents)


@router.get("/{id}")
async def get_job(id: str, service: ServiceOf) -> JobStatus:
    """State of a job and of its documents."""
    return status(await service.light(lambda: service.jobs.get(id)))


@router.delete("/{id}")
async def cancel_job(id: str, service: ServiceOf) -> JobStatus:
    """Ask a job to end; documents that were committed stay."""
    return status(await service.light(lambda: service.jobs.cancel(id)))


@router.post("/{id}/retry", status_code=202)
async def retry_job(id: str, service: ServiceOf) -> JobStatus:
    """Begin a failed or cancelled job once more; what it had committed is found unchanged."""
    return status(await service.light(lambda: service.jobs.retry(id)))
