"""``vouch keys``: API keys of the server."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from app.cli.output import print_json, say

keys_app = typer.Typer(help="API keys of the server.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document to standard output.")]


def key_file() -> Any:
    """The keys of the Vouch in force."""
    from app.api.keys import KeyFile
    from app.configuration import configure

    return KeyFile(configure().home)


@keys_app.command("create")
def create(
    scopes: Annotated[str, typer.Option(help="Comma-separated: ask, ingest, admin (which may do everything).")],
    name: Annotated[str, typer.Option(help="What the key is for.")] = "",
    as_json: Json = False,
) -> None:
    """Make a key and show it, this once."""
    key, text = key_file().create([scope.strip() for scope in scopes.split(",") if scope.strip()], name)
    if as_json:
        print_json({"id": key.id, "name": key.name, "scopes": key.scopes, "created": key.created, "key": text})
    else:
        say(text)


@keys_app.command("list")
def list_keys(as_json: Json = False) -> None:
    """Keys in force, without their text."""
    keys = [key.model_dump(mode="json", exclude={"sha256"}) for key in key_file().all()]
    if as_json:
        print_json({"items": keys})
        return
    for key in keys:
        say(f"{key['id']}  {','.join(key['scopes']):18} {key['created']}  {key['name']}")


@keys_app.command("revoke")
def revoke(id: Annotated[str, typer.Argument(help="Id of a key.")], as_json: Json = False) -> None:
    """Take a key out of force, for a running server too."""
    key_file().revoke(id)
    print_json({"revoked": id}) if as_json else say(f"revoked {id}")
