"""The Transformer language model of src/Research.TextVae/Models/Transformer in PyTorch, trained on command (see Side.cs)."""
import json
import math
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

from lstm_vae import BOS, peak_bytes, read_safetensors


def sinusoids(places, width):
    angles = torch.arange(places).unsqueeze(1) * torch.exp(torch.arange(0, width, 2) * (-math.log(10000) / width))
    return torch.stack([angles.sin(), angles.cos()], 2).flatten(1)


class SelfAttention(nn.Module):
    def __init__(self, width, heads, dropout):
        super().__init__()
        self.heads = heads
        self.query_key_value = nn.Linear(width, 3 * width)
        self.output = nn.Linear(width, width)
        self.dropout = nn.Dropout(dropout)

    def split(self, x):
        return x.view(x.size(0), x.size(1), self.heads, -1).transpose(1, 2)

    def attend(self, q, k, v, mask=None):
        scores = (q * q.size(-1) ** -0.5) @ k.transpose(-2, -1)
        if mask is not None:
            scores = scores + mask
        weights = self.dropout(F.softmax(scores, dim=-1))
        return self.output((weights @ v).transpose(1, 2).flatten(2))

    def forward(self, x, mask):
        q, k, v = map(self.split, self.query_key_value(x).chunk(3, dim=-1))
        return self.attend(q, k, v, mask)


class FeedForward(nn.Module):
    def __init__(self, width, inner):
        super().__init__()
        self.expand = nn.Linear(width, inner)
        self.contract = nn.Linear(inner, width)

    def forward(self, x):
        return self.contract(F.gelu(self.expand(x)))


class Block(nn.Module):
    def __init__(self, width, heads, inner, dropout):
        super().__init__()
        self.attention_norm = nn.LayerNorm(width)
        self.attention = SelfAttention(width, heads, dropout)
        self.feed_forward_norm = nn.LayerNorm(width)
        self.feed_forward = FeedForward(width, inner)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, mask):
        x = x + self.dropout(self.attention(self.attention_norm(x), mask))
        return x + self.dropout(self.feed_forward(self.feed_forward_norm(x)))


class Embedding(nn.Module):
    def __init__(self, vocabulary, width, places, dropout):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.dropout = nn.Dropout(dropout)
        self.register_buffer("places", sinusoids(places, width), persistent=False)

    def forward(self, ids, first=0):
        return self.dropout(self.tokens(ids) * math.sqrt(self.places.size(1)) + self.places[first : first + ids.size(1)])


class Decoder(nn.Module):
    def __init__(self, layers, width, heads, inner, dropout):
        super().__init__()
        self.blocks = nn.ModuleList(Block(width, heads, inner, dropout) for _ in range(layers))
        self.norm = nn.LayerNorm(width)


class Output(nn.Module):
    """The projection to the vocabulary, whose weight is the embedding's."""

    def __init__(self, vocabulary):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(vocabulary))


class TransformerLm(nn.Module):
    def __init__(self, w, places, dropout):
        super().__init__()
        self.embedding = Embedding(w["Vocabulary"], w["Width"], places, dropout)
        self.decoder = Decoder(w["Layers"], w["Width"], w["Heads"], w["Inner"], dropout)
        self.output = Output(w["Vocabulary"])
        self.register_buffer("mask", torch.full((places, places), -math.inf).triu(1), persistent=False)

    def logits(self, states):
        return F.linear(states, self.embedding.tokens.weight, self.output.bias)

    def forward(self, inputs, targets):
        mask = self.mask[: inputs.size(1), : inputs.size(1)]
        x = self.embedding(inputs)
        for block in self.decoder.blocks:
            x = block(x, mask)
        return F.cross_entropy(self.logits(self.decoder.norm(x)).flatten(0, 1), targets.flatten(), reduction="sum") / len(targets)


class Trainer:
    def __init__(self, workload, folder, dropout):
        self.clip = workload["Clip"]
        self.model = TransformerLm(workload, workload["Time"], dropout)
        self.model.load_state_dict(read_safetensors(f"{folder}/weights.safetensors"))
        self.optimizer = torch.optim.Adam(self.model.parameters(), workload["LearningRate"])
        targets = read_safetensors(f"{folder}/batches.safetensors")["targets"]
        bos = torch.full((workload["Batch"], 1), BOS)
        self.batches = [(torch.cat([bos, batch[:, :-1]], 1), batch) for batch in targets]
        self.step = 0

    def run(self, steps):
        seconds, losses = [], []
        for _ in range(steps):
            inputs, targets = self.batches[self.step % len(self.batches)]
            self.step += 1
            start = time.perf_counter()
            self.optimizer.zero_grad(set_to_none=True)
            loss = self.model(inputs, targets)
            loss.backward()
            nn.utils.clip_grad_norm_(self.model.parameters(), self.clip)
            self.optimizer.step()
            losses.append(loss.item())
            seconds.append(time.perf_counter() - start)
        return {"seconds": seconds, "losses": losses}


def serve(make):
    with open(sys.argv[1]) as file:
        workload = json.load(file)
    worker = make(workload, sys.argv[2], float(sys.argv[3]))
    for line in sys.stdin:
        command = line.split()
        answer = worker.run(int(command[1])) if command[0] == "run" else {"bytes": peak_bytes()}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    serve(Trainer)
