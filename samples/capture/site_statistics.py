"""Streaming statistics of one activation site, and the seeded choice of sample tokens that all sites share.

Everything here holds a fixed amount of memory per site, however many tokens pass: sums over channels, a histogram, the
largest values, a fixed number of sample rows and, where asked for, the Gram matrix. What has one value per token is
handed to the caller batch by batch, who appends it to the file.
"""
import numpy as np
import torch

HISTOGRAM_BINS = 512
HISTOGRAM_LOW, HISTOGRAM_HIGH = -8.0, 8.0
FLOAT16_MAX = 65504.0


def token_priority(tokens, seed):
    """A pseudo-random 64-bit number per token index (splitmix64), the same for the same seed on every machine."""
    with np.errstate(over="ignore"):
        z = np.asarray(tokens).astype(np.uint64) + np.uint64(1)
        z = z * np.uint64(0x9E3779B97F4A7C15) + np.uint64(seed & (2**64 - 1)) * np.uint64(0xD1342543DE82EF95)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


class SampleSelector:
    """Keeps the `capacity` tokens of lowest priority seen so far: a uniform sample without replacement.

    The choice depends on the token index and the seed alone, hence neither on the batch size nor on the site, so that
    the rows of all sites belong to the same tokens.
    """

    def __init__(self, capacity, seed):
        self.capacity, self.seed = capacity, seed
        self.priority = np.empty(0, np.uint64)
        self.token, self.sequence, self.position = (np.empty(0, np.int64) for _ in range(3))

    def update(self, token, sequence, position):
        """Offer a batch of tokens. Returns (rows, slots): which rows of the batch enter, and the slot that each takes."""
        held = len(self.token)
        offered = token_priority(token, self.seed)
        best = np.argsort(np.concatenate([self.priority, offered]), kind="stable")[: self.capacity]
        entering = np.sort(best[best >= held]) - held
        evicted = np.setdiff1d(np.arange(held), best)
        growth = len(entering) - len(evicted)
        slots = np.concatenate([evicted, np.arange(held, held + growth)])
        for name, values in (("priority", offered), ("token", token), ("sequence", sequence), ("position", position)):
            column = getattr(self, name)
            column = np.concatenate([column, np.empty(growth, column.dtype)])
            column[slots] = np.asarray(values)[entering]
            setattr(self, name, column)
        return entering, slots

    def order(self):
        """Slots in the order of their tokens."""
        return np.argsort(self.token, kind="stable")


class SiteStatistics:
    """Accumulates the statistics of rows x channels activations.

    Moments are raw: mean, mean_abs, moment3 and moment4 are the means of x, |x|, x^3 and x^4; sum_sq is the sum of x^2.
    Sums are kept in float64. `gram` is the sum of x^T x, products in float32 within a batch, sums over batches in float64.
    """

    def __init__(self, channels, *, top=100, samples=0, gram=False):
        self.channels, self.count = channels, 0
        self.abs_max = torch.zeros(channels)
        self.min = torch.full((channels,), float("inf"))
        self.max = torch.full((channels,), float("-inf"))
        self.sums = torch.zeros(5, channels, dtype=torch.float64)  # x, |x|, x^2, x^3, x^4
        self.histogram = torch.zeros(HISTOGRAM_BINS + 1, dtype=torch.int64)  # the last element counts exact zeros
        self.top = top
        self.top_value = torch.empty(0)
        self.top_index = torch.empty(0, 2, dtype=torch.int64)  # token, channel
        self.samples = torch.zeros(samples, channels) if samples else None
        self.gram = torch.zeros(channels, channels, dtype=torch.float64) if gram else None

    def update(self, x):
        """Add rows x channels float32 values, at least one row; they are numbered on from the rows before.

        Returns per-row (abs_max, median_abs, rms). The median of an even count is the lower middle element.
        """
        token = torch.arange(self.count, self.count + len(x))
        magnitude = x.abs()
        self.count += len(x)
        self.abs_max = torch.maximum(self.abs_max, magnitude.amax(0))
        self.min = torch.minimum(self.min, x.amin(0))
        self.max = torch.maximum(self.max, x.amax(0))
        wide = x.double()
        square = wide * wide
        self.sums[0] += wide.sum(0)
        self.sums[1] += magnitude.sum(0, dtype=torch.float64)
        self.sums[2] += square.sum(0)
        self.sums[3] += (square * wide).sum(0)
        self.sums[4] += (square * square).sum(0)
        self._add_histogram(magnitude)
        self._add_top(x, magnitude, token)
        if self.gram is not None:
            self.gram += (x.T @ x).double()
        return magnitude.amax(1), magnitude.median(1).values, square.mean(1).sqrt().float()

    def _add_histogram(self, magnitude):
        flat = magnitude.flatten()
        scale = HISTOGRAM_BINS / (HISTOGRAM_HIGH - HISTOGRAM_LOW)
        bins = ((flat.log10() - HISTOGRAM_LOW) * scale).floor().clamp_(0, HISTOGRAM_BINS - 1)
        bins[flat == 0] = HISTOGRAM_BINS
        self.histogram += torch.bincount(bins.long(), minlength=HISTOGRAM_BINS + 1)

    def _add_top(self, x, magnitude, token):
        candidates = magnitude.flatten().topk(min(self.top, magnitude.numel())).indices
        row, channel = candidates // self.channels, candidates % self.channels
        value = torch.cat([self.top_value, x[row, channel]])
        index = torch.cat([self.top_index, torch.stack([token[row], channel], 1)])
        # Largest first; equal magnitudes by token, then channel, so that the list does not depend on the batch size.
        order = np.lexsort((index[:, 1].numpy(), index[:, 0].numpy(), -value.abs().numpy()))[: self.top]
        self.top_value, self.top_index = value[order], index[order]

    def add_samples(self, x, rows, slots):
        """Put rows of the batch into sample slots."""
        if self.samples is not None and len(rows):
            self.samples[torch.from_numpy(slots)] = x[torch.from_numpy(rows)]

    def datasets(self):
        """Name -> numpy array of everything that has a fixed size; samples excluded."""
        n = max(self.count, 1)
        result = {
            "abs_max": self.abs_max.numpy(),
            "min": self.min.numpy(),
            "max": self.max.numpy(),
            "mean": (self.sums[0] / n).numpy(),
            "mean_abs": (self.sums[1] / n).numpy(),
            "sum_sq": self.sums[2].numpy(),
            "moment3": (self.sums[3] / n).numpy(),
            "moment4": (self.sums[4] / n).numpy(),
            "hist_log10_abs": self.histogram.numpy(),
            "top_values": self.top_value.numpy(),
            "top_index": self.top_index.numpy(),
        }
        if self.gram is not None:
            rows, columns = np.tril_indices(self.channels)
            result["gram"] = self.gram.numpy()[rows, columns].astype(np.float32)
        return result

    def sample_rows(self, order):
        """The samples in the given slot order: float16, or float32 where a value does not fit."""
        rows = self.samples[torch.from_numpy(order)].numpy()
        return rows.astype(np.float16 if np.abs(rows).max(initial=0) <= FLOAT16_MAX else np.float32)
