r"""Dictionary encoding replaces each value by its number in a list of distinct values, and bit-packing stores the numbers.

$$\text{bits a code} = \lceil \log_2 K \rceil, \qquad \text{size} = \text{dictionary} + \frac{n \lceil \log_2 K \rceil}{8}\,\text{bytes}$$

**Intuition.** A column of a million country names has about two hundred distinct ones. Stored once each, they leave a
column of small numbers, eight bits wide. Bit-packing lays these numbers side by side without regard to byte borders.

**When to use it.** Strings and other wide values with few distinct ones: the default of Parquet, ORC and Arrow, and of
categorical columns in data frames. Equality filters then compare codes instead of strings.

**Cost.** One hash lookup a value to encode, one array access to decode.

**Pitfalls.** On a column of unique values the dictionary is as large as the column: writers give up beyond a size limit. A
single distinct value needs zero bits. Codes carry no order unless the dictionary is sorted, so range filters must go
through it. Codes of two files do not agree. A new value can raise the width of all codes. As model input, codes are
labels and not quantities.

**References.** Apache Parquet, *Encodings* (dictionary, RLE and bit-packing hybrid). Abadi, Madden and Ferreira,
*Integrating Compression and Execution in Column-Oriented Database Systems* (2006).
"""

from __future__ import annotations

from algorithms.inputs import Tokens
from algorithms.registry import Output, algorithm


def pack(codes: list[int], width: int) -> bytes:
    """Codes of `width` bits side by side, lowest bit first, the last byte filled with zeros.

    Examples
    --------
    >>> pack([1, 2, 3], 2).hex()
    '39'
    """
    whole = sum(code << i * width for i, code in enumerate(codes))
    return whole.to_bytes(-(-len(codes) * width // 8), "little")


def unpack(packed: bytes, width: int, count: int) -> list[int]:
    """The first `count` codes.

    Examples
    --------
    >>> unpack(bytes.fromhex("39"), 2, 3)
    [1, 2, 3]
    """
    whole = int.from_bytes(packed, "little")
    return [whole >> i * width & ((1 << width) - 1) for i in range(count)]


@algorithm(
    id="dictionary-encoding",
    name="Dictionary encoding and bit-packing",
    aliases=("dictionary codes", "bit packing", "categorical encoding of a column", "bit-packing"),
    example={"values": ["Oslo", "Rome", "Oslo", "Bern", "Rome", "Oslo", "Oslo", "Lima"]},
)
def dictionary_encoding(values: Tokens) -> Output:
    """Encode a column of strings.

    Parameters
    ----------
    values : list of str, length n
        The column.

    Returns
    -------
    dict
        ``dictionary`` in order of appearance (first 50) and its ``cardinality`` K; ``codes`` (first 50); ``bits_per_code``;
        ``packed`` as hexadecimal (first 32 bytes); ``plain_bytes`` of the strings, ``encoded_bytes`` of dictionary and
        packed codes; ``decodes_exactly``.

    Examples
    --------
    >>> r = dictionary_encoding(["b", "a", "b", "c"])
    >>> r["dictionary"], r["codes"], r["bits_per_code"]
    (['b', 'a', 'c'], [0, 1, 0, 2], 2)
    """
    numbers: dict[str, int] = {}
    codes = [numbers.setdefault(value, len(numbers)) for value in values]
    dictionary = list(numbers)
    width = (len(dictionary) - 1).bit_length()
    packed = pack(codes, width)
    decoded = [dictionary[code] for code in unpack(packed, width, len(codes))]
    return {
        "dictionary": dictionary[:50],
        "cardinality": len(dictionary),
        "codes": codes[:50],
        "bits_per_code": width,
        "packed": packed[:32].hex(),
        "plain_bytes": sum(len(value.encode()) for value in values),
        "encoded_bytes": sum(len(value.encode()) for value in dictionary) + len(packed),
        "decodes_exactly": decoded == values,
    }
