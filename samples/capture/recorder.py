"""Records a torch module's activations into a `bitwright-activations` version 1 file while the module runs.

    with Recorder(model, "dump.h5", RecorderOptions(samples=512)) as recorder:
        for ids, mask in batches:
            model(input_ids=ids, attention_mask=mask)

The file is written beside its final name and renamed when the block ends without an exception. Its layout, with everything
that version 1 leaves open, is described in README.md.
"""
import dataclasses
import functools
import os
import pathlib
import sys
import weakref

import h5py
import numpy as np
import torch

from site_discovery import WeightNames, block_of, block_stacks, is_conv1d, linear_modules
from site_statistics import HISTOGRAM_BINS, SampleSelector, SiteStatistics

PADDING = -1  # in /tokens/input_ids, where a sequence is shorter than the longest


@dataclasses.dataclass
class RecorderOptions:
    samples: int = 512  # rows kept per site, of the same tokens everywhere; 0 for none
    seed: int = 0
    gram_max_width: int = 0  # Gram matrices of inputs up to this many channels; 0 for none
    gram_bits: int = 23  # mantissa bits kept of a Gram's entries; fewer make a smaller file
    top: int = 100  # largest values kept per site
    sublayers: bool = True  # record the residual stream and what each sublayer adds
    token_sites: str = "all"  # sites with one value per token: "all", "sublayers" (residual and output_of) or "none"
    model_name: str = ""
    dataset: str = ""
    checkpoint_names: frozenset = frozenset()  # tensor names of the file that the module was loaded from


@dataclasses.dataclass
class Batch:
    """The geometry of one forward pass: which slots of sequences x positions hold tokens."""

    sequences: int
    positions: int
    valid: torch.Tensor | None  # flat indices of real tokens, or nothing when every slot holds one
    first_token: int  # running index of its first token
    sample_rows: np.ndarray
    sample_slots: np.ndarray
    seen: set = dataclasses.field(default_factory=set)

    @property
    def slots(self):
        return self.sequences * self.positions

    @property
    def tokens(self):
        return self.slots if self.valid is None else len(self.valid)


class Site:
    """One place of recording: its description, its statistics and its group in the file."""

    def __init__(self, group, name, kind, block, statistics, with_tokens):
        self.group, self.name, self.kind, self.block, self.statistics = group, name, kind, block, statistics
        self.tensors = []
        self.paired = True  # every row belongs to a known token
        keys = ("token_abs_max", "token_median_abs", "token_rms") if with_tokens else ()
        self.per_token = {
            key: group.create_dataset(key, (0,), maxshape=(None,), dtype="f4", chunks=(4096,), shuffle=True, compression="gzip")
            for key in keys}

    def append(self, columns):
        for dataset, column in zip(self.per_token.values(), columns):
            old = len(dataset)
            dataset.resize((old + len(column),))
            dataset[old:] = column.numpy()


class Recorder:
    """Context manager that hooks a module; run the module inside it as often as needed.

    Tokens are told from padding by the keyword `attention_mask` (sequences x positions) of the module's call, and
    identified by `input_ids` (keyword or first argument). A module without either is taken to have one token per row of
    its first recorded tensor. Raises ValueError, naming the site, when an activation is NaN or infinite.
    """

    def __init__(self, module, path, options=None):
        self.module, self.path = module, pathlib.Path(path)
        self.options = options or RecorderOptions()
        self.partial = self.path.with_name(self.path.name + f".{os.getpid()}.part")
        self.names = WeightNames(module, self.options.checkpoint_names)
        self.selector = SampleSelector(self.options.samples, self.options.seed)
        self.sites, self.handles, self.inputs = {}, [], {}
        self.sequences = self.tokens = 0
        self.batch = None
        self.executed = {}  # path of a sublayer's last executed linear layer, by sublayer name

    def __enter__(self):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # The 1.10 layout is what Debian 12 reads; its indexes are far smaller than the oldest ones for many small datasets.
        self.file = h5py.File(self.partial, "w", libver=("v110", "v110"))
        self.file.create_group("sites")
        try:
            self._hook()
        except BaseException:
            self._close(False)
            raise
        return self

    def __exit__(self, kind, value, trace):
        self._close(kind is None)

    def pause(self):
        """Stop recording for good; the module may then be run for other purposes before the block ends."""
        for handle in self.handles:
            handle.remove()
        self.handles = []

    def _close(self, complete):
        self.pause()
        try:
            if complete:
                self._write()
        except BaseException:
            complete = False
            raise
        finally:
            self.file.close()
            if complete:
                os.replace(self.partial, self.path)
            else:
                self.partial.unlink(missing_ok=True)

    # Hooks ----------------------------------------------------------------------------------------------------------

    def _hook(self):
        self.handles.append(self.module.register_forward_pre_hook(self._begin, with_kwargs=True))
        stacks = block_stacks(self.module) if self.options.sublayers else []
        # Hooks of one module run in the order of registration; a stream must be recorded before what it feeds.
        for stack in stacks:
            for sublayer in stack.sublayers:
                self._on_input(sublayer.stream, lambda x, s=sublayer: self._stream(s, x))
        for path, module in linear_modules(self.module):
            self._on_input(path, lambda x, p=path, m=module: self._linear_input(p, m, x))
        for stack in stacks:
            for sublayer in stack.sublayers:
                # First, because the contribution may be the output of that very layer.
                for path, _ in self._linears_of(sublayer):
                    self._on_output(path, lambda y, s=sublayer, p=path: self.executed.__setitem__(s.name, p))
                self._on_output(sublayer.contribution, lambda y, s=sublayer: self._contribution(s, y))
            self._on_output(stack.last, lambda y, s=stack: self._record(f"{s.path}.final", "residual", -1, y))

    def _linears_of(self, sublayer):
        for path in sublayer.modules:
            for inner, module in linear_modules(self.module.get_submodule(path)):
                yield f"{path}.{inner}" if inner else path, module

    def _on_input(self, path, action):
        def hook(module, args, kwargs):
            x = first_tensor(args, kwargs)
            if x is not None:
                action(x)
        self.handles.append(self.module.get_submodule(path).register_forward_pre_hook(hook, with_kwargs=True))

    def _on_output(self, path, action):
        def hook(module, args, output):
            action(output if isinstance(output, torch.Tensor) else output[0])
        self.handles.append(self.module.get_submodule(path).register_forward_hook(hook))

    def _begin(self, module, args, kwargs):
        """Before every forward pass: the batch's geometry and its share of the sample."""
        self.batch, self.inputs = None, {}
        ids = kwargs.get("input_ids", args[0] if args else None)
        if not (isinstance(ids, torch.Tensor) and ids.dim() == 2 and not ids.is_floating_point()):
            ids = None
        mask = kwargs.get("attention_mask")
        if mask is not None and mask.dim() != 2:
            raise ValueError(f"attention_mask has {mask.dim()} dimensions, expected sequences x positions")
        if mask is None and ids is None:
            return
        mask = torch.ones_like(ids) if mask is None else mask
        self._start_batch(mask.cpu().bool())
        if ids is not None:
            self._append_ids(ids.cpu(), mask.cpu().bool())

    def _start_batch(self, mask):
        flat = mask.flatten()
        valid = None if bool(flat.all()) else flat.nonzero().flatten()
        slot = np.arange(mask.numel()) if valid is None else valid.numpy()
        token = self.tokens + np.arange(len(slot))
        rows, slots = self.selector.update(token, self.sequences + slot // mask.shape[1], slot % mask.shape[1])
        self.batch = Batch(mask.shape[0], mask.shape[1], valid, self.tokens, rows, slots)
        self.sequences += mask.shape[0]
        self.tokens += len(slot)

    def _append_ids(self, ids, mask):
        ids = torch.where(mask, ids, PADDING).to(torch.int32).numpy()
        if "tokens" not in self.file:
            dataset = self.file.create_dataset("tokens/input_ids", (0, 0), maxshape=(None, None), dtype="i4", fillvalue=PADDING,
                                               chunks=(16, max(64, ids.shape[1])), shuffle=True, compression="gzip")
            dataset.attrs["padding"] = PADDING
        dataset = self.file["tokens/input_ids"]
        old = dataset.shape[0]
        dataset.resize((old + len(ids), max(dataset.shape[1], ids.shape[1])))
        dataset[old:, : ids.shape[1]] = ids

    # Recording ------------------------------------------------------------------------------------------------------

    def _linear_input(self, path, module, x):
        # Layers that get the very same tensor object (q/k/v, gate/up) share a site. A weak reference tells whether the
        # object behind an id is still the one seen before, without keeping activations alive.
        name, reference, version = self.inputs.get(id(x), (None, None, None))
        current = None if x.is_inference() else x._version  # inference tensors do not count in-place changes
        if name is None or reference() is not x or version != current:
            name = path
            self.inputs[id(x)] = (path, weakref.ref(x), current)
            self._record(path, "input_of", block_of(self.module, path), x)
        self._add_tensor(self.sites[name, "input_of"], path, module)

    def _stream(self, sublayer, x):
        self._record(sublayer.name + ".stream", "residual", sublayer.block, x)

    def _contribution(self, sublayer, y):
        site = self._record(sublayer.name, "output_of", sublayer.block, y)
        last = self.executed.get(sublayer.name)
        if site.tensors or last is None:
            return
        # Experts end in one layer each, told apart by a number; all of them write to the stream.
        for path, module in self._linears_of(sublayer):
            if without_numbers(path) == without_numbers(last):
                self._add_tensor(site, path, module)
        stream = self.sites.get((sublayer.name + ".stream", "residual"))
        if stream:
            stream.tensors = list(site.tensors)

    def _add_tensor(self, site, path, module):
        name = self.names.name(path, module.weight)
        if name not in site.tensors:
            site.tensors.append(name)

    def _record(self, name, kind, block, x):
        x = x.detach()
        rows = x.reshape(-1, x.shape[-1]).float().cpu()
        if self.batch is None:  # no ids and no mask: the first tensor's leading axes are the tokens
            lead = x.shape[:-1]
            positions = lead[-1] if len(lead) > 1 else 1
            self._start_batch(torch.ones(len(rows) // positions, positions, dtype=torch.bool))
        batch = self.batch
        site = self.sites.get((name, kind)) or self._make_site(name, kind, block, rows.shape[1])
        # Rows pair with tokens unless the layer sees a part of them (pooled output, routed experts), runs twice in a
        # pass or was left out in an earlier one.
        if len(rows) != batch.slots or (name, kind) in batch.seen:
            site.paired = False
        elif batch.valid is not None:
            rows = rows[batch.valid]
        if site.statistics.count != batch.first_token:
            site.paired = False
        batch.seen.add((name, kind))
        if len(rows) == 0:
            return site
        if not bool(torch.isfinite(rows).all()):
            raise ValueError(f"site {name} ({kind}): activation is NaN or infinite in forward pass after {batch.first_token} "
                             "tokens; run the model in float32 or look for the broken weight")
        site.append(site.statistics.update(rows))
        if site.paired:
            site.statistics.add_samples(rows, batch.sample_rows, batch.sample_slots)
        return site

    def _make_site(self, name, kind, block, channels):
        gram = kind == "input_of" and channels <= self.options.gram_max_width
        statistics = SiteStatistics(channels, top=self.options.top, samples=self.options.samples, gram=gram)
        with_tokens = self.options.token_sites == "all" or self.options.token_sites == "sublayers" and kind != "input_of"
        site = Site(self.file["sites"].create_group(str(len(self.sites))), name, kind, block, statistics, with_tokens)
        self.sites[name, kind] = site
        return site

    # Writing --------------------------------------------------------------------------------------------------------

    def _write(self):
        root = self.file.attrs
        root["schema"], root["version"] = "bitwright-activations", 1
        root["model"], root["dataset"] = self.options.model_name or type(self.module).__name__, self.options.dataset
        root["tokens"], root["sequences"] = self.tokens, self.sequences
        root["producer"] = f"bitwright capture_activations.py, torch {torch.__version__}"
        root["seed"] = self.options.seed
        for site in self.sites.values():
            self._write_site(site)
        for name in self.names.unresolved:
            print(f"warning: {name} has no tensor of that name in the checkpoint", file=sys.stderr)

    def _write_site(self, site):
        group, attributes = site.group, site.group.attrs
        attributes["name"], attributes["kind"], attributes["block"] = site.name, site.kind, site.block
        attributes["tensors"] = np.array(site.tensors, dtype=h5py.string_dtype())
        attributes["channels"], attributes["count"] = site.statistics.channels, site.statistics.count
        for name, values in site.statistics.datasets().items():
            write_array(group, name, round_mantissa(values, self.options.gram_bits) if name == "gram" else values)
        histogram = group["hist_log10_abs"].attrs
        histogram["low"], histogram["high"], histogram["zero_bucket"] = -8.0, 8.0, HISTOGRAM_BINS
        if "gram" in group:
            group.create_dataset("gram_count", data=np.int64(site.statistics.count))
        if site.paired and self.options.samples:
            order = self.selector.order()
            write_array(group, "samples", site.statistics.sample_rows(order))
            for name, places in zip(("sample_sequence", "sample_position"), self.sample_places()):
                write_array(group, name, places)

    def sample_places(self):
        """(sequence, position) of the sampled tokens, in the order of their rows."""
        order = self.selector.order()
        return self.selector.sequence[order].astype(np.int32), self.selector.position[order].astype(np.int32)

    def write_output_gradients(self, outputs):
        """Store what an OutputGradientRecorder has gathered; call it inside the `with` block."""
        parent = self.file.create_group("output_gradients")
        parent.attrs["labels"], parent.attrs["seed"] = "model", self.options.seed
        for index, (name, rows) in enumerate(outputs.rows.items()):
            group = parent.create_group(str(index))
            group.attrs["tensor"] = name
            group.create_dataset("samples", data=rows)
            group.create_dataset("sample_sequence", data=outputs.sequence)
            group.create_dataset("sample_position", data=outputs.position)

    def write_gradients(self, gradients):
        """Store what a GradientRecorder has gathered; call it inside the `with` block."""
        for index, (name, g) in enumerate(gradients.factors.items()):
            group = self.file.create_group(f"gradients/{index}")
            group.attrs["tensor"] = name
            write_array(group, "row_mean_sq", (g["row"] / gradients.batches).numpy())
            write_array(group, "col_mean_sq", (g["column"] / gradients.batches).numpy())
            group.create_dataset("mean_sq", data=float(g["row"].mean()) / gradients.batches)
            group.create_dataset("batches", data=np.int64(gradients.batches))


class GradientRecorder:
    """Gathers the mean squared gradients of all linear weights, factored by rows and columns (out x in).

    Inside the `with` block call `loss.backward()` and then `step()` once per batch. A gradient is used and freed as soon as
    it is complete, so that memory holds one weight's gradient at a time. Weights tied to an embedding are left out: their
    gradient mixes both uses.
    """

    def __init__(self, module, names=None):
        self.module, self.names = module, names or WeightNames(module)
        self.factors, self.batches, self.handles = {}, 0, []

    def __enter__(self):
        self.before = {p: p.requires_grad for p in self.module.parameters()}
        embeddings = {id(m.weight) for m in self.module.modules() if isinstance(m, torch.nn.Embedding)}
        self.module.requires_grad_(False)
        for path, module in linear_modules(self.module):
            weight = module.weight
            if id(weight) in embeddings or not weight.is_floating_point() or weight.requires_grad:
                continue
            weight.requires_grad_(True)
            name, transposed = self.names.name(path, weight), is_conv1d(module)
            rows, columns = reversed(weight.shape) if transposed else weight.shape
            self.factors[name] = {"row": torch.zeros(rows, dtype=torch.float64),
                                  "column": torch.zeros(columns, dtype=torch.float64)}
            take = functools.partial(self._take, name=name, transposed=transposed)
            self.handles.append(weight.register_post_accumulate_grad_hook(take))
        return self

    def __exit__(self, kind, value, trace):
        for handle in self.handles:
            handle.remove()
        for parameter, required in self.before.items():
            parameter.requires_grad_(required)

    def _take(self, parameter, name, transposed):
        square = parameter.grad.detach().cpu().double().square_()
        parameter.grad = None
        if transposed:
            square = square.T
        self.factors[name]["row"] += square.mean(1)
        self.factors[name]["column"] += square.mean(0)

    def step(self):
        self.batches += 1


class OutputGradientRecorder:
    """Keeps d (sum of a sequence's losses) / d output of linear layers at the sampled tokens that the gradients see.

    `places` are those of Recorder.sample_places(), `lengths` the tokens of each sequence, `weights` the names that a
    GradientRecorder has. Before each backward pass `start(sequence, losses)` says what it is of: the number of the sequence,
    and how many losses its mean is over. Layers of more than MOST_OUTPUTS outputs are left out.
    """

    MOST_OUTPUTS = 65536

    def __init__(self, module, names, places, lengths, weights):
        self.module, self.names, self.weights = module, names, weights
        known = [i for i, (s, p) in enumerate(zip(*places)) if s < len(lengths) and p < lengths[s]]
        self.sequence, self.position = (np.ascontiguousarray(values[known]) for values in places)
        self.rows, self.handles = {}, []

    def __enter__(self):
        for path, module in linear_modules(self.module):
            name = self.names.name(path, module.weight)
            outputs = module.weight.shape[1 if is_conv1d(module) else 0]
            if name in self.weights and outputs <= self.MOST_OUTPUTS:
                self.rows[name] = np.zeros((len(self.sequence), outputs), dtype=np.float32)
                self.handles.append(module.register_forward_hook(functools.partial(self._watch, name=name)))
        return self

    def __exit__(self, kind, value, trace):
        for handle in self.handles:
            handle.remove()

    def start(self, sequence, losses):
        self.chosen, self.losses = np.flatnonzero(self.sequence == sequence), losses

    def _watch(self, module, args, output, name):
        output.register_hook(functools.partial(self._take, name=name))

    def _take(self, gradient, name):
        rows = gradient.detach().reshape(-1, gradient.shape[-1])[self.position[self.chosen]]
        self.rows[name][self.chosen] += (rows.double() * self.losses).float().cpu().numpy()


def without_numbers(path):
    return ["#" if part.isdigit() else part for part in path.split(".")]


def first_tensor(args, kwargs):
    for value in (*args, *(kwargs.get(k) for k in ("hidden_states", "input", "x"))):
        if isinstance(value, torch.Tensor):
            return value
    return None


def round_mantissa(values, bits):
    """float32 values rounded to `bits` explicit mantissa bits (half away from zero); the zeros behind them compress well."""
    drop = 23 - bits
    if drop <= 0:
        return values
    codes = values.view(np.uint32) + np.uint32(1 << (drop - 1))
    return (codes & ~np.uint32((1 << drop) - 1)).view(np.float32)


def write_array(group, name, values):
    """Small arrays plain; larger ones and histograms, mostly zeros, with shuffle and deflate, the filters Bitwright reads."""
    packed = {}
    if values.nbytes > 16384 or name == "hist_log10_abs":
        packed = {"compression": "gzip", "compression_opts": 6, "shuffle": True}
        if values.nbytes <= 1 << 20:
            packed["chunks"] = values.shape
    group.create_dataset(name, data=values, **packed)
