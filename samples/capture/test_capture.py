#!/usr/bin/env python3
"""Tests of the capture library against direct computations that keep every activation in memory.

Run: python test_capture.py    (needs the full interop environment: torch, transformers, h5py)
"""
import pathlib
import tempfile
import unittest

import h5py
import numpy as np
import torch
import transformers

from capture_activations import capture, causal_loss, padded, gather_drawn_gradients, gather_gradients
from recorder import Recorder, RecorderOptions, round_mantissa
from site_statistics import SampleSelector

torch.set_num_threads(1)


def tiny(kind, **extra):
    """A random model of a real family, small enough to compute everything twice."""
    torch.manual_seed(7)
    common = dict(vocab_size=64, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4)
    if kind == "llama":
        config = transformers.LlamaConfig(**common, num_key_value_heads=2, max_position_embeddings=64, tie_word_embeddings=False)
        return transformers.LlamaForCausalLM(config).eval()
    if kind == "gemma3":
        config = transformers.Gemma3TextConfig(**common, num_key_value_heads=1, head_dim=8, max_position_embeddings=64,
                                               sliding_window=16, pad_token_id=0, bos_token_id=2, eos_token_id=1)
        return transformers.Gemma3ForCausalLM(config).eval()
    if kind == "gpt2":
        config = transformers.GPT2Config(vocab_size=64, n_embd=32, n_layer=2, n_head=4, n_positions=64)
        return transformers.GPT2LMHeadModel(config).eval()
    if kind == "opt":
        config = transformers.OPTConfig(vocab_size=64, hidden_size=32, ffn_dim=48, num_hidden_layers=2, num_attention_heads=4,
                                        max_position_embeddings=64, word_embed_proj_dim=32, pad_token_id=1)
        return transformers.OPTForCausalLM(config).eval()
    config = transformers.BertConfig(**common, max_position_embeddings=64)
    return transformers.BertModel(config).eval()


def batches(sequences, size):
    return [padded(sequences[i: i + size]) for i in range(0, len(sequences), size)]


def random_sequences(lengths, seed=3):
    generator = torch.Generator().manual_seed(seed)
    return [torch.randint(3, 64, (n,), generator=generator).tolist() for n in lengths]


def record(model, inputs, options, folder):
    path = pathlib.Path(folder) / "dump.h5"
    with Recorder(model, path, options) as recorder, torch.no_grad():
        for ids, mask in inputs:
            model(input_ids=ids, attention_mask=mask)
    return h5py.File(path), recorder


def all_inputs(model, path, inputs):
    """Every unpadded input row of one module, float64, by a plain hook."""
    rows = []
    current = {}
    handle = model.get_submodule(path).register_forward_pre_hook(
        lambda m, a: rows.append(a[0].detach()[current["mask"].bool()].double().numpy()))
    with torch.no_grad():
        for ids, mask in inputs:
            current["mask"] = mask
            model(input_ids=ids, attention_mask=mask)
    handle.remove()
    return np.concatenate(rows)


def site(file, name, kind="input_of"):
    found = [g for g in file["sites"].values() if g.attrs["name"] == name and g.attrs["kind"] == kind]
    assert len(found) == 1, (name, kind, len(found))
    return found[0]


class Statistics(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.model = tiny("llama")
        cls.inputs = batches(random_sequences([20, 13, 7, 20, 2]), 2)
        cls.options = RecorderOptions(samples=11, seed=5, gram_max_width=32, top=9, model_name="tiny", dataset="random")
        cls.file, cls.recorder = record(cls.model, cls.inputs, cls.options, cls.folder.name)
        cls.path = "model.layers.1.mlp.gate_proj"
        cls.rows = all_inputs(cls.model, cls.path, cls.inputs)
        cls.site = site(cls.file, cls.path)

    @classmethod
    def tearDownClass(cls):
        cls.file.close()
        cls.folder.cleanup()

    def close(self, name, expected, tolerance=1e-6):
        np.testing.assert_allclose(self.site[name][()], expected, rtol=tolerance, atol=tolerance * np.abs(expected).max())

    def test_root_attributes(self):
        a = self.file.attrs
        self.assertEqual((a["schema"], a["version"], a["model"], a["dataset"]), ("bitwright-activations", 1, "tiny", "random"))
        self.assertEqual(a["tokens"], 62)

    def test_padding_does_not_count(self):
        self.assertEqual(self.site.attrs["count"], 62)
        self.assertEqual(len(self.rows), 62)

    def test_channel_statistics(self):
        x = self.rows
        self.close("abs_max", np.abs(x).max(0))
        self.close("min", x.min(0))
        self.close("max", x.max(0))
        self.close("mean", x.mean(0))
        self.close("mean_abs", np.abs(x).mean(0))
        self.close("sum_sq", (x**2).sum(0))
        self.close("moment3", (x**3).mean(0))
        self.close("moment4", (x**4).mean(0))

    def test_histogram(self):
        expected = np.histogram(np.log10(np.abs(self.rows)), 512, (-8, 8))[0]
        found = self.site["hist_log10_abs"][:]
        self.assertEqual(len(found), 513)
        self.assertEqual(found.sum(), self.rows.size)
        # float32 logarithms may put a value next to an edge into the neighbor bin.
        self.assertLessEqual(np.abs(found[:512] - expected).sum(), 4)

    def test_top_values(self):
        order = np.argsort(-np.abs(self.rows), axis=None)[:9]
        token, channel = np.unravel_index(order, self.rows.shape)
        self.close("top_values", self.rows[token, channel])
        np.testing.assert_array_equal(self.site["top_index"][:], np.stack([token, channel], 1))

    def test_token_statistics(self):
        magnitude = np.abs(self.rows)
        self.close("token_abs_max", magnitude.max(1))
        self.close("token_median_abs", np.sort(magnitude, 1)[:, 15])  # the lower of the two middle ones of 32
        self.close("token_rms", np.sqrt((self.rows**2).mean(1)))

    def test_gram(self):
        gram = self.rows.T @ self.rows
        self.close("gram", gram[np.tril_indices(32)], 1e-5)
        self.assertEqual(self.site["gram_count"][()], 62)
        self.assertNotIn("gram", site(self.file, "model.layers.1.mlp.down_proj"))  # wider than gram_max_width

    def test_rounded_gram(self):
        values = np.array([1.0, -1.0 - 2**-15, 3e10, 0.0], np.float32)
        rounded = round_mantissa(values, 15)
        np.testing.assert_array_equal(rounded[:2], values[:2])
        self.assertEqual(rounded[3], 0)
        self.assertLessEqual(abs(rounded[2] / values[2] - 1), 2**-16)
        self.assertTrue((rounded.view(np.uint32) & 0xFF == 0).all())
        np.testing.assert_array_equal(round_mantissa(values, 23), values)

    def test_samples_are_the_same_tokens_everywhere(self):
        lengths = [20, 13, 7, 20, 2]
        start = np.concatenate([[0], np.cumsum(lengths)])
        sequence, position = self.site["sample_sequence"][:], self.site["sample_position"][:]
        self.assertEqual(len(set(zip(sequence, position))), 11)
        self.assertTrue(all(p < lengths[s] for s, p in zip(sequence, position)))
        np.testing.assert_allclose(self.site["samples"][:], self.rows[start[sequence] + position], rtol=1e-3, atol=1e-6)
        for group in self.file["sites"].values():
            np.testing.assert_array_equal(group["sample_sequence"][:], sequence)
            np.testing.assert_array_equal(group["sample_position"][:], position)

    def test_token_ids(self):
        ids = self.file["tokens/input_ids"][:]
        self.assertEqual(ids.shape, (5, 20))
        self.assertEqual((ids >= 0).sum(), 62)
        np.testing.assert_array_equal(ids[1, :13], self.inputs[0][0][1, :13])
        self.assertTrue((ids[1, 13:] == -1).all())

    def test_batch_size_changes_nothing_of_the_choice(self):
        with tempfile.TemporaryDirectory() as folder:
            file, _ = record(self.model, batches(random_sequences([20, 13, 7, 20, 2]), 5), self.options, folder)
            other = site(file, self.path)
            np.testing.assert_array_equal(other["sample_position"][:], self.site["sample_position"][:])
            np.testing.assert_array_equal(other["top_index"][:], self.site["top_index"][:])
            np.testing.assert_allclose(other["sum_sq"][:], self.site["sum_sq"][:], rtol=1e-5)
            file.close()

    def test_residual_adds_up(self):
        """stream before + contribution = stream after, on the sample rows of consecutive sites."""
        rows = lambda name, kind: site(self.file, name, kind)["samples"][:].astype(np.float64)
        before, after = rows("model.layers.0.mlp.stream", "residual"), rows("model.layers.1.attention.stream", "residual")
        np.testing.assert_allclose(before + rows("model.layers.0.mlp", "output_of"), after, atol=2e-3)
        last = rows("model.layers.1.mlp.stream", "residual") + rows("model.layers.1.mlp", "output_of")
        np.testing.assert_allclose(last, rows("model.layers.final", "residual"), atol=2e-3)


class Sites(unittest.TestCase):
    def sites(self, kind, checkpoint=()):
        inputs = batches(random_sequences([9, 4]), 2)
        with tempfile.TemporaryDirectory() as folder:
            options = RecorderOptions(samples=4, checkpoint_names=frozenset(checkpoint))
            file, recorder = record(tiny(kind), inputs, options, folder)
            ordered = [file["sites"][str(i)] for i in range(len(file["sites"]))]
            found = {(g.attrs["name"], g.attrs["kind"]): (list(g.attrs["tensors"]), int(g.attrs["block"]), g.attrs["count"],
                                                          "samples" in g) for g in ordered}
            file.close()
            return found, recorder

    def check_sum(self, kind, layer):
        """The stream of a pre-norm family adds up from site to site, in float32."""
        inputs = batches(random_sequences([6]), 1)
        with tempfile.TemporaryDirectory() as folder:
            file, _ = record(tiny(kind), inputs, RecorderOptions(samples=6), folder)
            rows = lambda name, k: site(file, f"{layer}.{name}", k)["samples"][:].astype(np.float64)
            a = rows("0.attention.stream", "residual") + rows("0.attention", "output_of")
            np.testing.assert_allclose(a, rows("0.mlp.stream", "residual"), atol=4e-3)
            b = rows("0.mlp.stream", "residual") + rows("0.mlp", "output_of")
            np.testing.assert_allclose(b, rows("1.attention.stream", "residual"), atol=4e-3)
            file.close()

    def test_llama(self):
        found, _ = self.sites("llama")
        prefix = "model.layers.1.self_attn."
        self.assertEqual(found[prefix + "q_proj", "input_of"][0], [f"{prefix}{p}_proj.weight" for p in "qkv"])
        self.assertEqual(found["model.layers.0.mlp.gate_proj", "input_of"][0],
                         ["model.layers.0.mlp.gate_proj.weight", "model.layers.0.mlp.up_proj.weight"])
        self.assertEqual(found["model.layers.1.attention", "output_of"][:2], ([prefix + "o_proj.weight"], 1))
        self.assertEqual(found["lm_head", "input_of"][:2], (["lm_head.weight"], -1))
        kinds = [k for _, k in found]
        self.assertEqual([kinds.count(k) for k in ("input_of", "output_of", "residual")], [9, 4, 5])
        self.assertTrue(all(count == 13 and samples for _, _, count, samples in found.values()))

    def test_sums(self):
        for kind, layer in (("gemma3", "model.layers"), ("gpt2", "transformer.h"), ("opt", "model.decoder.layers")):
            with self.subTest(kind):
                self.check_sum(kind, layer)

    def test_tied_head_takes_the_name_in_the_checkpoint(self):
        model = tiny("gemma3")
        names = {n for n, _ in model.named_parameters()}
        self.assertNotIn("lm_head.weight", names)
        found, recorder = self.sites("gemma3", names)
        self.assertEqual(found["lm_head", "input_of"][0], ["model.embed_tokens.weight"])
        self.assertEqual(recorder.names.unresolved, [])

    def test_gpt2_fused(self):
        found, _ = self.sites("gpt2")
        self.assertEqual(found["transformer.h.0.attn.c_attn", "input_of"][0], ["transformer.h.0.attn.c_attn.weight"])
        self.assertEqual(found["transformer.h.1.mlp", "output_of"][0], ["transformer.h.1.mlp.c_proj.weight"])

    def test_bert(self):
        names = {"bert." + n for n, _ in tiny("bert").named_parameters()}  # a checkpoint of a model with a head
        found, recorder = self.sites("bert", names)
        prefix = "bert.encoder.layer.0.attention."
        self.assertEqual(found["encoder.layer.0.attention.self.query", "input_of"][0],
                         [f"{prefix}self.{p}.weight" for p in ("query", "key", "value")])
        self.assertEqual(found["encoder.layer.0.attention", "output_of"][0], [prefix + "output.dense.weight"])
        self.assertEqual(found["encoder.layer.0.mlp", "output_of"][0], ["bert.encoder.layer.0.output.dense.weight"])
        self.assertEqual(found["pooler.dense", "input_of"], (["bert.pooler.dense.weight"], -1, 2, False))
        self.assertEqual(recorder.names.unresolved, [])

    def test_any_module(self):
        torch.manual_seed(0)
        module = torch.nn.Sequential(torch.nn.Linear(6, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))
        x = torch.randn(10, 6)
        x[3] = 0
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "any.h5"
            with Recorder(module, path, RecorderOptions(samples=4)):
                module(x[:7]), module(x[7:])
            with h5py.File(path) as file:
                self.assertEqual([file["sites"][str(i)].attrs["name"] for i in range(2)], ["0", "2"])
                self.assertEqual(file["sites/0/hist_log10_abs"][512], 6)
                self.assertEqual(file["sites/0"].attrs["count"], 10)

    def test_large_values_keep_float32_samples(self):
        module = torch.nn.Linear(4, 4)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "large.h5"
            with Recorder(module, path, RecorderOptions(samples=2)):
                module(torch.tensor([[1.0, -1e5, 0.0, 2.0]]))
            with h5py.File(path) as file:
                self.assertEqual(file["sites/0/samples"].dtype, np.float32)
                self.assertEqual(file["sites/0/top_values"][0], -1e5)

    def test_token_values_only_where_asked_for(self):
        for choice, expected in (("all", {"input_of", "residual"}), ("sublayers", {"residual"}), ("none", set())):
            with tempfile.TemporaryDirectory() as folder:
                file, _ = record(tiny("llama"), batches(random_sequences([5]), 1), RecorderOptions(token_sites=choice), folder)
                kinds = {g.attrs["kind"] for g in file["sites"].values() if "token_rms" in g} - {"output_of"}
                file.close()
                self.assertEqual(kinds, expected)

    def test_failure_leaves_no_file(self):
        module = torch.nn.Linear(4, 4)
        with tempfile.TemporaryDirectory() as folder:
            with self.assertRaisesRegex(ValueError, "site .*NaN"):
                with Recorder(module, pathlib.Path(folder) / "bad.h5"):
                    module(torch.full((1, 4), float("nan")))
            self.assertEqual(list(pathlib.Path(folder).iterdir()), [])


class Selection(unittest.TestCase):
    def test_uniform_and_independent_of_batches(self):
        whole = SampleSelector(50, 1)
        whole.update(np.arange(1000), np.arange(1000) // 10, np.arange(1000) % 10)
        parts = SampleSelector(50, 1)
        for start in range(0, 1000, 30):
            t = np.arange(start, min(start + 30, 1000))
            rows, slots = parts.update(t, t // 10, t % 10)
            np.testing.assert_array_equal(parts.token[slots], t[rows])
        np.testing.assert_array_equal(np.sort(whole.token), np.sort(parts.token))
        self.assertEqual(len(set(whole.token)), 50)
        counts = np.zeros(100)
        for seed in range(400):
            selector = SampleSelector(10, seed)
            selector.update(np.arange(100), np.zeros(100, int), np.arange(100))
            counts[selector.token] += 1
        # 40 expected each, standard deviation 6.
        self.assertTrue(16 <= counts.min() and counts.max() <= 64, (counts.min(), counts.max()))


class Gradients(unittest.TestCase):
    def check(self, kind, path, transposed):
        model, sequences = tiny(kind), random_sequences([12, 5, 9])
        gathered = gather_gradients(model, sequences, None, causal_loss)
        self.assertEqual(gathered.batches, 3)
        weight, square = model.get_submodule(path).weight, 0
        for sequence in sequences:
            ids = torch.tensor([sequence])
            loss = model(input_ids=ids, labels=ids).loss
            (gradient,) = torch.autograd.grad(loss, weight)
            square = square + (gradient.T if transposed else gradient).double() ** 2 / 3
        found = gathered.factors[path + ".weight"]
        torch.testing.assert_close(found["row"] / 3, square.mean(1), rtol=1e-4, atol=0)
        torch.testing.assert_close(found["column"] / 3, square.mean(0), rtol=1e-4, atol=0)

    def test_linear(self):
        self.check("llama", "model.layers.0.self_attn.k_proj", False)

    def test_conv1d_is_seen_as_out_by_in(self):
        self.check("gpt2", "transformer.h.0.mlp.c_fc", True)

    def test_parameters_come_back_as_they_were(self):
        model = tiny("llama")
        model.lm_head.weight.requires_grad_(False)
        before = {n: p.requires_grad for n, p in model.named_parameters()}
        gather_gradients(model, random_sequences([4]), None, causal_loss)
        self.assertEqual(before, {n: p.requires_grad for n, p in model.named_parameters()})
        self.assertTrue(all(p.grad is None for p in model.parameters()))

    def test_tied_head_is_left_out(self):
        gathered = gather_gradients(tiny("gemma3"), random_sequences([4]), None, causal_loss)
        self.assertNotIn("lm_head.weight", gathered.factors)
        self.assertEqual(len(gathered.factors), 14)

    def test_gradients_of_outputs_belong_to_their_tokens(self):
        # Of one sequence whose tokens are all sampled, a weight's gradient is the sum of g x^T over the rows.
        for kind, path in (("llama", "model.layers.1.mlp.down_proj"), ("gpt2", "transformer.h.0.mlp.c_fc")):
            model, sequences = tiny(kind), random_sequences([11])
            with tempfile.TemporaryDirectory() as folder:
                file_path = pathlib.Path(folder) / "g.h5"
                with Recorder(model, file_path, RecorderOptions(samples=64)) as recorder:
                    capture(model, sequences, recorder, 1)
                    recorder.pause()
                    gradients, outputs = gather_drawn_gradients(model, sequences, recorder.names, recorder.sample_places())
                    recorder.write_gradients(gradients)
                    recorder.write_output_gradients(outputs)
                with h5py.File(file_path) as file:
                    self.assertEqual(file["output_gradients"].attrs["labels"], "model")
                    groups = {g.attrs["tensor"]: g for g in file["output_gradients"].values()}
                    self.assertEqual(set(groups), set(gradients.factors))
                    site = next(g for g in file["sites"].values() if path + ".weight" in g.attrs["tensors"]
                                and g.attrs["kind"] == "input_of")
                    group = groups[path + ".weight"]
                    np.testing.assert_array_equal(group["sample_position"][:], site["sample_position"][:])
                    x, g = site["samples"][:].astype(np.float64), group["samples"][:].astype(np.float64)
                    self.assertEqual(len(g), 11)
                    square = (g.T @ x / 11) ** 2
                    np.testing.assert_allclose(square.mean(), gradients.factors[path + ".weight"]["row"].mean(), rtol=1e-2)

    def test_written_file(self):
        model, sequences = tiny("llama"), random_sequences([6, 6])
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "g.h5"
            with Recorder(model, path) as recorder:
                recorder.pause()
                recorder.write_gradients(gather_gradients(model, sequences, recorder.names, causal_loss))
            with h5py.File(path) as file:
                groups = {g.attrs["tensor"]: g for g in file["gradients"].values()}
                group = groups["model.layers.1.mlp.down_proj.weight"]
                self.assertEqual((group["row_mean_sq"].shape, group["col_mean_sq"].shape), ((32,), (48,)))
                np.testing.assert_allclose(group["row_mean_sq"][:].mean(), group["mean_sq"][()], rtol=1e-9)
                np.testing.assert_allclose(group["col_mean_sq"][:].mean(), group["mean_sq"][()], rtol=1e-9)
                self.assertEqual(group["batches"][()], 2)


if __name__ == "__main__":
    unittest.main()
