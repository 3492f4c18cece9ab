"""Language models, one file a backend."""

from __future__ import annotations

from core.protocols import LanguageModel
from core.settings import LLMSettings


def get_language_model(settings: LLMSettings) -> LanguageModel | None:
    """Build the language model that `settings` names; None where answers are to be purely extractive."""
    match settings.backend:
        case "none":
            return None
        case "xllamacpp":
            from models.llm.xllamacpp_model import XllamacppModel

            return XllamacppModel(settings)
        case "transformers":
            from models.llm.transformers_model import TransformersModel

            return TransformersModel(settings)
        case "openai":
            from models.llm.openai_model import OpenAIModel

            return OpenAIModel(settings)
        case "langchain":
            from models.llm.langchain_chat import langchain_chat

            return langchain_chat(settings)
