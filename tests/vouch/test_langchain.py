from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_tests.integration_tests import ChatModelIntegrationTests, RetrieversIntegrationTests
from langchain_tests.unit_tests import ChatModelUnitTests

from core.errors import InputError
from tests.app.conftest import NOTES, Build, Serve
from tests.app.conftest import build as build
from tests.app.conftest import encoder as encoder
from tests.app.conftest import handbook_cache as handbook_cache
from tests.app.conftest import reader as reader
from tests.app.conftest import serve as serve
from vouch import Client, Vouch, VouchAssistant, VouchRetriever

QUESTION = "How many units of flux does a zorb store?"


@pytest.fixture(scope="module")
def notes(build: Build, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vouch]:
    home = tmp_path_factory.mktemp("langchain")
    text = NOTES + "".join(f"\n\n## Quarl {n}\n\nQuarl number {n} lives beside a river." for n in range(5))
    (home / "zorbs.md").write_text(text)
    with Vouch.of(build(home)) as vouch:
        vouch.index(str(home / "zorbs.md"))
        yield vouch


class ChatModel:
    """What the suites of chat models are told: an assistant of exact sources calls no tools and fills no schemas."""

    @pytest.fixture(autouse=True)
    def _indexed(self, notes: Vouch) -> None:
        type(self).vouch = notes  # type: ignore[attr-defined]

    @pytest.fixture
    def model(self, notes: Vouch) -> VouchAssistant:
        return VouchAssistant(vouch=notes)

    @property
    def chat_model_class(self) -> type[VouchAssistant]:
        return VouchAssistant

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {"vouch": self.vouch}  # type: ignore[attr-defined]

    @property
    def has_tool_calling(self) -> bool:
        return False

    @property
    def has_structured_output(self) -> bool:
        return False

    @property
    def returns_usage_metadata(self) -> bool:
        return False


class TestChatModel(ChatModel, ChatModelUnitTests):
    """LangChain's own suite of chat models: what can be said of one without asking it."""


class TestAskedChatModel(ChatModel, ChatModelIntegrationTests):
    """LangChain's own suite of chat models: what it says."""


class TestStandard(RetrieversIntegrationTests):
    """LangChain's own suite of retrievers."""

    @pytest.fixture(autouse=True)
    def _indexed(self, notes: Vouch) -> None:
        type(self).vouch = notes

    @property
    def retriever_constructor(self) -> type[VouchRetriever]:
        return VouchRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"vouch": self.vouch}

    @property
    def retriever_query_example(self) -> str:
        return "flux of a zorb"


def test_documents_carry_their_exact_span(notes: Vouch, tmp_path: Path) -> None:
    document = VouchRetriever(vouch=notes, k=1).invoke("flux of a zorb")[0]
    hit = notes.search("flux of a zorb", 1).hits[0]
    assert (document.page_content, document.id) == (hit.text, hit.chunk_id)
    assert document.metadata["end"] - document.metadata["start"] == len(document.page_content)


def test_a_server_is_searched_in_the_same_way(notes: Vouch, build: Build, serve: Serve) -> None:
    with serve(build(notes.home)) as address, Client(address) as client:
        over = VouchRetriever(vouch=client, k=2).invoke("flux of a zorb")
    here = VouchRetriever(vouch=notes, k=2).invoke("flux of a zorb")
    assert [d.id for d in over] == [d.id for d in here]


def test_the_assistant_answers_with_what_vouches_for_it(notes: Vouch) -> None:
    message = VouchAssistant(vouch=notes, options={"risk": 1.0}).invoke(QUESTION)
    assert "42 units of flux" in message.text
    citations = message.response_metadata["vouch"]["citations"]
    assert any("42 units" in citation["quote"] for citation in citations)


def test_the_assistant_streams_what_it_says(notes: Vouch) -> None:
    assistant = VouchAssistant(vouch=notes, options={"risk": 1.0})
    whole = assistant.invoke(QUESTION)
    streamed = None
    for chunk in assistant.stream(QUESTION):
        streamed = chunk if streamed is None else streamed + chunk
    assert streamed is not None
    assert streamed.text == whole.text
    assert streamed.response_metadata["vouch"]["answer_id"] == whole.response_metadata["vouch"]["answer_id"]


def test_the_assistant_is_a_link_of_a_chain(notes: Vouch) -> None:
    prompt = ChatPromptTemplate.from_messages([("system", "Obey."), ("human", "{question}")])
    chain = prompt | VouchAssistant(vouch=notes, options={"risk": 1.0}) | StrOutputParser()
    assert "42 units of flux" in chain.invoke({"question": QUESTION})


def test_earlier_messages_are_the_history(notes: Vouch) -> None:
    messages = [HumanMessage("What is a zorb?"), AIMessage("A blue widget."), HumanMessage("How does it fail?")]
    message = VouchAssistant(vouch=notes, options={"risk": 1.0}).invoke(messages)
    assert "zorb" in message.response_metadata["vouch"]["standalone_question"].lower()


def test_a_conversation_without_a_question_is_refused(notes: Vouch) -> None:
    with pytest.raises(InputError, match="question"):
        VouchAssistant(vouch=notes).invoke([SystemMessage("Obey."), AIMessage("Hello.")])
