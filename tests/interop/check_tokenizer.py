#!/usr/bin/env python3
"""Compare Bitwright's token ids with those of the reference libraries, line by line, on seeded text of mixed scripts.

Usage: check_tokenizer.py BENCH_TOKENS [MODEL_DIR...] [--lines 10000]

Every MODEL_DIR is compared with transformers' AutoTokenizer. Besides them small tokenizers of every kind are trained on the
spot with the `tokenizers` library, and SentencePiece models where that package is there. `--write-fixtures DIR` writes what
tests/core/tst_tokens.cpp reads: tiny tokenizers with the reference's ids.
"""
import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import unicodedata

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|"
          r"\s+(?!\S)|\s+")
QWEN = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")
SCRIPTS = {"latin": (0xC0, 0x24F), "greek": (0x370, 0x3FF), "cyrillic": (0x400, 0x4FF), "armenian": (0x531, 0x58F),
           "hebrew": (0x591, 0x5F4), "arabic": (0x600, 0x6FF), "devanagari": (0x900, 0x97F), "bengali": (0x980, 0x9FB),
           "tamil": (0xB82, 0xBFA), "thai": (0xE01, 0xE5B), "tibetan": (0xF00, 0xFDA), "georgian": (0x10A0, 0x10FF),
           "hangul": (0xAC00, 0xD7A3), "jamo": (0x1100, 0x11FF), "ethiopic": (0x1200, 0x137C), "cherokee": (0x13A0, 0x13F4),
           "khmer": (0x1780, 0x17F9), "extended": (0x1E00, 0x1FFF), "hiragana": (0x3041, 0x309F), "katakana": (0x30A0, 0x30FF),
           "cjk": (0x4E00, 0x9FA5), "cjkb": (0x20000, 0x2A6D6), "compat": (0xF900, 0xFAD9), "halfwidth": (0xFF01, 0xFFEE),
           "gothic": (0x10330, 0x1034A), "math": (0x1D400, 0x1D7FF), "letterlike": (0x2100, 0x218B), "enclosed": (0x2460, 0x24FF)}
MARKS = [chr(c) for c in (*range(0x300, 0x370), 0x20DD, 0x20E3, 0x591, 0x64B, 0x93C, 0x94D, 0xE31, 0x1D165, 0xFE0F)]
SPACES = list("\t\r\v\f\x1c\x1d\x1e\x1f\x85\u00a0\u1680\u2000\u2003\u2007\u2009\u200a\u2028\u2029\u202f\u205f\u3000\u180e\u200b\u2060\ufeff") \
    + ["  ", "   ", " " * 7, " " * 40]
ODD = ["\x00", "\x01", "\x7f", "\x9f", "\ufffd", "\ue000", "\U000f0000", "\ufffe", "\U0010ffff", "\u00ad", "\u200d", "\u061c",
       "İstanbul", "ŉ", "ſtop", "ß", "ẞ", "Σίσυφος", "ǅ", "ﬁ", "Å", "K", "②", "½", "٣٤", "Ⅷ", "x²", "a̐éö̲", "'ſ", "’s"]
EMOJI = ["😀", "👩‍👩‍👧‍👦", "👍🏽", "🇩🇪", "❤️", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🧑🏿‍🚀", "☃", "⌨️"]
SPECIAL = ["<s>", "</s>", "<unk>", "<bos>", "<eos>", "[CLS]", "[MASK]", "[UNK]", "<|endoftext|>", "<mask>", "<pad>", "Plain", "#tag"]
ENGLISH = ("the of and to in a is that it was for on are as with his they at be this from I have or by one had not but what all "
           "were when we there can an your which their said if do will each about how up out them then she many some so these "
           "would other into has more her two like him see time could no make than first been its who now people my made over "
           "did down only way find use may water long little very after words called just where most know").split()
CODE = ['for (int i = 0; i < n; ++i) { sum += x[i] * 0x1F; }', 'def f(x):\treturn x**2  # "square"', '{"key": [1, 2.5e-3, null]}',
        "if not x: raise ValueError(f'{x!r} is bad')", 'SELECT * FROM t WHERE a >= 10 AND b != "q";', '<a href="/p?q=1&r=%20">x</a>',
        "\\begin{equation} \\frac{1}{2} \\end{equation}", "    \t  indented();", "a->b::c<d>(e&&f||!g)", "C:\\dir\\file.txt ~/.bashrc"]


def assigned(low, high):
    return [chr(c) for c in range(low, high + 1) if unicodedata.category(chr(c)) not in ("Cn", "Cs")]


class Text:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.scripts = [assigned(*limits) for limits in SCRIPTS.values()]

    def word(self):
        r, kind = self.random, self.random.random()
        if kind < 0.34:
            word = r.choice(ENGLISH)
            word = r.choice([word, word, word, word.capitalize(), word.upper()])
            return word + r.choice(["", "", "", "", ",", ".", "!?", "'s", "'LL", "'t", "n't", "-", ";", ":", ")", "…", "“", "»"])
        if kind < 0.62:
            script = r.choice(self.scripts)
            return "".join(r.choice(script) for _ in range(r.randint(1, 8)))
        if kind < 0.70:
            return str(r.choice([r.randint(0, 99), r.randint(0, 10**7), r.random(), "1,234.56", "3:45", "2026-11-21", "+1 555"]))
        if kind < 0.76:
            return "".join(r.choice(ENGLISH)[:3] + r.choice(MARKS) for _ in range(r.randint(1, 3)))
        if kind < 0.81:
            return "".join(r.choice(EMOJI) for _ in range(r.randint(1, 3)))
        if kind < 0.86:
            return r.choice(ODD)
        if kind < 0.89:
            return r.choice(SPECIAL)
        if kind < 0.93:
            return r.choice(SPACES)
        if kind < 0.95:
            return "".join(r.choice("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~") for _ in range(r.randint(1, 6)))
        if kind < 0.955:
            return "".join(r.choice("abcdefghij") for _ in range(r.randint(90, 130)))
        # Anything that Python's Unicode knows: tables of the libraries are older and newer.
        while True:
            character = chr(r.randrange(0x80, 0x2FFFF))
            if unicodedata.category(character) not in ("Cn", "Cs"):
                return character

    def line(self):
        r = self.random
        if r.random() < 0.08:
            return r.choice(CODE)
        parts = [self.word() for _ in range(r.randint(0, 18))]
        return "".join(part + r.choice([" ", " ", " ", " ", "", "  "]) for part in parts)

    def lines(self, count):
        return [self.line().replace("\n", "") for _ in range(count)]


def trained(model, trainer, normalizer=None, pre_tokenizer=None, post_processor=None, lines=()):
    tokenizer = Tokenizer(model)
    if normalizer:
        tokenizer.normalizer = normalizer
    if pre_tokenizer:
        tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.train_from_iterator(lines, trainer)
    if post_processor:
        tokenizer.post_processor = post_processor(tokenizer)
    return tokenizer


def template(before, behind):
    def make(tokenizer):
        names = [t for t in (before, behind) if t]
        return processors.TemplateProcessing(single=" ".join([before, "$A", behind]).strip(),
                                             special_tokens=[(t, tokenizer.token_to_id(t)) for t in names])
    return make


def byte_level(regex, lines, size, prefix=False, ignore=False):
    before = [pre_tokenizers.Split(Regex(regex), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)] \
        if regex else [pre_tokenizers.ByteLevel(add_prefix_space=prefix)]
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=["<|endoftext|>"], show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    post = lambda t: processors.Sequence([processors.ByteLevel(trim_offsets=False), template("<|endoftext|>", "")(t)])
    return trained(models.BPE(ignore_merges=ignore), trainer, normalizers.NFC() if regex == QWEN else None,
                   pre_tokenizers.Sequence(before), post, lines)


def fallback(lines, size, scheme):
    tokens = ["<unk>", "<s>", "</s>"] + [f"<0x{b:02X}>" for b in range(256)]
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=tokens[:3], show_progress=False, limit_alphabet=120)
    space = pre_tokenizers.Metaspace(prepend_scheme=scheme, split=True) if scheme else None
    normalizer = None if scheme else normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer = trained(models.BPE(byte_fallback=True, unk_token="<unk>", fuse_unk=True), trainer, normalizer, space, None, lines)
    data = json.loads(tokenizer.to_str())  # byte tokens go to the front, as in Llama 2
    vocabulary = {token: i for i, token in enumerate(tokens)}
    for token, _ in sorted(data["model"]["vocab"].items(), key=lambda item: item[1]):
        vocabulary.setdefault(token, len(vocabulary))
    data["model"]["vocab"] = vocabulary
    tokenizer = Tokenizer.from_str(json.dumps(data))
    tokenizer.post_processor = template("<s>", "")(tokenizer)
    return tokenizer


def unigram(lines, size, byte_fallback):
    tokens = ["<unk>", "<s>", "</s>"] + ([f"<0x{b:02X}>" for b in range(256)] if byte_fallback else [])
    trainer = trainers.UnigramTrainer(vocab_size=max(size, 12000), special_tokens=tokens, unk_token="<unk>", show_progress=False)
    lines = [line for line in lines if len(set(line)) < 40]  # every character of the text becomes a piece
    tokenizer = trained(models.Unigram(), trainer, normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " "),
                        normalizers.Strip(True, True)]), pre_tokenizers.Metaspace(prepend_scheme="first"), template("", "</s>"), lines)
    data = json.loads(tokenizer.to_str())
    data["model"]["byte_fallback"] = byte_fallback
    return Tokenizer.from_str(json.dumps(data))


def word_piece(lines, size, lowercase):
    trainer = trainers.WordPieceTrainer(vocab_size=size, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"],
                                        show_progress=False, limit_alphabet=300)
    return trained(models.WordPiece(unk_token="[UNK]"), trainer, normalizers.BertNormalizer(lowercase=lowercase),
                   pre_tokenizers.BertPreTokenizer(), template("[CLS]", "[SEP]"), lines)


def with_added(tokenizer):
    """Added tokens of every kind."""
    from tokenizers import AddedToken
    tokenizer.add_tokens([AddedToken("Plain", single_word=True), AddedToken("#tag", lstrip=True, rstrip=True),
                          AddedToken("<mask>", lstrip=True, normalized=False), AddedToken("water", normalized=True)])
    tokenizer.add_special_tokens([AddedToken("<eos>", normalized=False), AddedToken("<pad>", rstrip=True, normalized=False)])
    return tokenizer


def odd_parts(lines, size):
    """Steps that published tokenizers use now and then."""
    steps = [pre_tokenizers.Whitespace(), pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.Punctuation("contiguous")]
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=["<unk>"], show_progress=False, limit_alphabet=200,
                                  end_of_word_suffix="</w>")
    return trained(models.BPE(unk_token="<unk>", end_of_word_suffix="</w>"), trainer,
                   normalizers.Sequence([normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase()]),
                   pre_tokenizers.Sequence(steps), None, lines)


def small_tokenizers(lines, size):
    yield "byte-level BPE, GPT-2", byte_level(None, lines, size)
    yield "byte-level BPE, RoBERTa's space", with_added(byte_level(None, lines, size, prefix=True))
    yield "byte-level BPE, Llama 3", byte_level(LLAMA3, lines, size, ignore=True)
    yield "byte-level BPE, Qwen, NFC", with_added(byte_level(QWEN, lines, size))
    yield "BPE with byte fallback, Metaspace first", with_added(fallback(lines, size, "first"))
    yield "BPE with byte fallback, Metaspace always", fallback(lines, size, "always")
    yield "BPE with byte fallback, Llama 2", with_added(fallback(lines, size, None))
    yield "Unigram", with_added(unigram(lines, size, False))
    yield "Unigram with byte fallback", unigram(lines, size, True)
    yield "WordPiece, uncased", with_added(word_piece(lines, size, True))
    yield "WordPiece, cased", word_piece(lines, size, False)
    yield "BPE with Whitespace, Digits, Punctuation", odd_parts(lines, size)


def our_ids(program, folder, text):
    done = subprocess.run([program, folder, text], capture_output=True, text=True)
    if done.returncode:
        return None, done.stderr.strip()
    return [[int(i) for i in line.split()] for line in done.stdout.split("\n")[:-1]], done.stderr.strip()


def compare(name, program, folder, text, lines, expected, same=lambda a, b: a == b):
    found, said = our_ids(program, folder, text)
    if found is None:
        print(f"FAILED  {name}: {said}")
        return False
    wrong = [i for i, (a, b) in enumerate(zip(expected, found)) if not same(a, b)]
    good = not wrong and len(found) == len(expected)
    print(f"{'ok    ' if good else 'FAILED'}  {name}: {len(expected) - len(wrong)} of {len(expected)} lines equal; {said}")
    for i in wrong[:4]:
        at = next((k for k, (a, b) in enumerate(zip(expected[i], found[i])) if a != b), min(len(expected[i]), len(found[i])))
        print(f"    line {i}: {lines[i]!r}\n        reference {expected[i][max(0, at - 3):at + 6]}\n        ours      {found[i][max(0, at - 3):at + 6]}")
    return good


def sentencepieces(lines, folder, size):
    import sentencepiece
    corpus = folder / "corpus.txt"
    corpus.write_text("\n".join(line.replace("\x00", "") for line in lines), encoding="utf-8")
    for kind in ("unigram", "bpe"):
        target = folder / f"spm-{kind}"
        target.mkdir()
        sentencepiece.SentencePieceTrainer.Train(input=str(corpus), model_prefix=str(target / "tokenizer"), vocab_size=size,
                                                 model_type=kind, byte_fallback=True, character_coverage=0.98, hard_vocab_limit=False, minloglevel=2)
        yield f"SentencePiece {kind}", target, sentencepiece.SentencePieceProcessor(model_file=str(target / "tokenizer.model"))


def write_fixtures(folder, seed):
    """Tiny tokenizers and the ids of some lines, for the tests that run without Python."""
    import base64
    import io

    import sentencepiece
    corpus = [" ".join(random.Random(i).choices(ENGLISH, k=12)) + ", don't 12 µ é" for i in range(300)]
    lines = [line for line in Text(seed + 1).lines(200) if "\x00" not in line and len(line) < 120][:60]
    cases = []
    for name, tokenizer in small_tokenizers(corpus, 330):
        data = json.loads(tokenizer.to_str())
        cases.append({"name": name, "tokenizer": data, "ids": [tokenizer.encode(line).ids for line in lines]})
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.Train(sentence_iterator=iter(corpus), model_writer=model, vocab_size=400, model_type="bpe",
                                             byte_fallback=True, normalization_rule_name="identity", minloglevel=2)
    processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    cases.append({"name": "SentencePiece", "model": base64.b64encode(model.getvalue()).decode(),
                  "ids": [[processor.bos_id(), *processor.encode(line)] for line in lines]})
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"lines": lines, "cases": cases}, ensure_ascii=True, separators=(",", ":"))
    (folder / "tokenizers.json").write_text(text + "\n")
    print(f"{len(cases)} tokenizers, {len(lines)} lines, {len(text)} bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", nargs="?")
    parser.add_argument("models", nargs="*", type=pathlib.Path)
    parser.add_argument("--lines", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write-fixtures", type=pathlib.Path)
    options = parser.parse_args()
    if options.write_fixtures:
        return write_fixtures(options.write_fixtures, options.seed)
    lines, good = Text(options.seed).lines(options.lines), True
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        text = work / "text.txt"
        text.write_bytes("".join(line + "\n" for line in lines).encode("utf-8"))
        for folder in options.models:
            import transformers
            tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
            expected = [tokenizer(line, verbose=False)["input_ids"] for line in lines]
            good &= compare(f"{folder.name} (transformers)", options.program, folder, text, lines, expected)
        for name, tokenizer in small_tokenizers(lines[:2000], 3000):
            folder = work / name.replace(" ", "-")
            folder.mkdir()
            tokenizer.save(str(folder / "tokenizer.json"))
            expected = [encoding.ids for encoding in tokenizer.encode_batch(lines)]
            good &= compare(name, options.program, folder, text, lines, expected)
        try:
            import sentencepiece  # noqa: F401
        except ImportError:
            print("        SentencePiece: not checked, the Python package is not there")
        else:
            for name, folder, processor in sentencepieces(lines, work, 9000):
                expected = [[processor.bos_id(), *processor.encode(line)] for line in lines]
                # Segmentations of one score: versions of the library break ties differently.
                score = lambda ids: sum(processor.get_score(i) for i in ids)
                same = lambda a, b: a == b or abs(score(a) - score(b)) < 1e-3 * max(1, len(a)) ** 0.5
                good &= compare(name, options.program, folder, text, lines, expected, same)
    print("all equal" if good else "NOT equal")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
