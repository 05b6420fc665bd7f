"""Finds where to record in a torch module: its linear layers, and the sublayers that write to a residual stream.

The layer kinds are told apart by the names that model code gives to their parts, not by class, so that Llama, Mistral,
Qwen, Gemma 2 and 3, OLMo 2, GPT-2, GPT-NeoX, OPT, BERT, ViT and their relatives are covered without importing any of them.
"""
import dataclasses
import json
import pathlib
import struct

from torch import nn

ATTENTION_NAMES = ("self_attn", "attn", "attention", "self_attention", "linear_attn")
MLP_NAMES = ("mlp", "feed_forward", "ffn", "block_sparse_moe", "moe")
# Norms between attention and MLP whose input is the stream, in blocks that normalize before each sublayer.
SECOND_NORM_NAMES = ("post_attention_layernorm", "ln_2", "layernorm_after", "final_layer_norm", "ffn_norm", "norm2",
                     "layer_norm2", "mlp_norm")


def is_conv1d(module):
    """transformers' Conv1D of GPT-2: a linear layer whose weight is stored in x out."""
    return type(module).__name__ == "Conv1D" and hasattr(module, "nf") and getattr(module, "weight", None) is not None


def is_linear(module):
    return isinstance(module, nn.Linear) or is_conv1d(module)


def linear_modules(module):
    """[(path, module)] of every linear layer, in registration order."""
    return [(path, m) for path, m in module.named_modules() if is_linear(m)]


@dataclasses.dataclass
class Sublayer:
    """An attention or MLP part of a block and the places that show the stream before it and what it adds."""

    name: str  # "<block path>.attention" or "<block path>.mlp"
    block: int
    modules: list  # paths of the modules whose linear layers belong to the sublayer
    stream: str  # path of the module whose input is the residual stream before the sublayer
    contribution: str  # path of the module whose output is added to the stream


@dataclasses.dataclass
class BlockStack:
    path: str  # of the ModuleList
    last: str  # path of the last block, whose output is the stream after everything
    sublayers: list


def child(module, *names):
    """The first of the named children that exists and is a module: (name, module) or (None, None)."""
    for name in names:
        value = getattr(module, name, None)
        if isinstance(value, nn.Module):
            return name, value
    return None, None


def has_children(module, *names):
    return all(child(module, name)[1] is not None for name in names)


def attention_sublayer(path, layer, block):
    name, attention = child(layer, *ATTENTION_NAMES)
    if attention is None:
        return None
    inside = f"{path}.{name}"
    contribution = inside
    if has_children(layer, "post_attention_layernorm", "post_feedforward_layernorm"):
        contribution = f"{path}.post_attention_layernorm"  # Gemma 2/3, OLMo 2: a norm on the sublayer's output
    elif isinstance(getattr(getattr(attention, "output", None), "dense", None), nn.Module):
        contribution = f"{inside}.output.dense"  # BERT, ViT: the module after it adds the stream and normalizes
    return Sublayer(f"{path}.attention", block, [inside], path, contribution)


def mlp_sublayer(path, layer, block):
    name, _ = child(layer, *MLP_NAMES)
    if name:
        modules, contribution = [f"{path}.{name}"], f"{path}.{name}"
    elif has_children(layer, "fc1", "fc2"):
        modules, contribution = [f"{path}.fc1", f"{path}.fc2"], f"{path}.fc2"  # OPT
    elif has_children(layer, "intermediate", "output") and has_children(layer.output, "dense"):
        modules, contribution = [f"{path}.intermediate", f"{path}.output"], f"{path}.output.dense"  # BERT, ViT
    else:
        return None
    if has_children(layer, "post_feedforward_layernorm"):
        contribution = f"{path}.post_feedforward_layernorm"
    return Sublayer(f"{path}.mlp", block, modules, mlp_stream(path, layer, modules[0]), contribution)


def mlp_stream(path, layer, first):
    """Path of the module whose input is the stream before the MLP."""
    if has_children(layer, "pre_feedforward_layernorm"):
        return f"{path}.pre_feedforward_layernorm"
    if has_children(layer, "post_feedforward_layernorm"):
        return first  # OLMo 2 normalizes outputs only: the MLP reads the stream itself
    post_norm = getattr(layer, "do_layer_norm_before", True) is False  # the post-norm variant of OPT
    bert = has_children(layer, "intermediate") and not has_children(layer, "layernorm_after")
    if post_norm or bert:
        return first  # the stream is the output of the norm after attention
    norm, _ = child(layer, *SECOND_NORM_NAMES)
    # Without a second norm attention and MLP run in parallel from the same stream.
    return f"{path}.{norm}" if norm else path


def block_stacks(module):
    """Every ModuleList of blocks that have both an attention part and an MLP part."""
    stacks = []
    for path, layers in module.named_modules():
        if not isinstance(layers, nn.ModuleList) or len(layers) == 0:
            continue
        sublayers = []
        for index, layer in enumerate(layers):
            parts = (attention_sublayer(f"{path}.{index}", layer, index), mlp_sublayer(f"{path}.{index}", layer, index))
            if all(parts):
                sublayers.extend(parts)
        if len(sublayers) == 2 * len(layers):
            stacks.append(BlockStack(path, f"{path}.{len(layers) - 1}", sublayers))
    return stacks


def block_of(module, path):
    """Index of the outermost ModuleList entry that `path` lies in, or -1."""
    parts = path.split(".")
    for i, part in enumerate(parts):
        if part.isdigit() and isinstance(module.get_submodule(".".join(parts[:i])), nn.ModuleList):
            return int(part)
    return -1


def checkpoint_tensor_names(folder):
    """Names of all tensors in the safetensors files of a model folder, from their headers; empty when there are none."""
    names = set()
    for file in sorted(pathlib.Path(folder).glob("*.safetensors")):
        with open(file, "rb") as stream:
            (length,) = struct.unpack("<Q", stream.read(8))
            names.update(json.loads(stream.read(length)))
    names.discard("__metadata__")
    return names


class WeightNames:
    """Maps the weight of a linear layer to its name in the checkpoint.

    The module tree and the file may differ by a prefix (`bert.`, `model.`), and a tied head has no tensor of its own.
    """

    def __init__(self, module, checkpoint=()):
        self.checkpoint = set(checkpoint)
        self.unresolved = []
        self.aliases = {}  # parameter identity -> all names in the module
        for name, parameter in module.named_parameters(remove_duplicate=False):
            self.aliases.setdefault(id(parameter), []).append(name)

    def name(self, path, parameter):
        own = f"{path}.weight" if path else "weight"
        if not self.checkpoint:
            return own
        candidates = [own] + [n for n in self.aliases.get(id(parameter), []) if n != own]
        for candidate in candidates:
            if candidate in self.checkpoint:
                return candidate
        for candidate in candidates:
            near = [n for n in self.checkpoint if n.endswith("." + candidate) or candidate.endswith("." + n)]
            if len(near) == 1:
                return near[0]
        self.unresolved.append(own)
        return own
