"""The LSTM VAE of src/Research.TextVae/Models/LstmVae in PyTorch, trained step by step on command (see Side.cs)."""
import json
import struct
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

BOS = 1


def read_safetensors(path):
    types = {"F32": torch.float32, "I64": torch.int64}
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = bytearray(file.read())
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            first, last = entry["data_offsets"]
            count = 1
            for size in entry["shape"]:
                count *= size
            flat = torch.frombuffer(data, dtype=types[entry["dtype"]], count=count, offset=first)
            tensors[name] = flat.reshape(entry["shape"]).clone()
    return tensors


class LstmVae(nn.Module):
    def __init__(self, w, dropout):
        super().__init__()
        vocabulary, embedding, hidden, latent = w["Vocabulary"], w["Embedding"], w["Hidden"], w["Latent"]
        self.decoder_embedding = nn.Embedding(vocabulary, embedding)
        self.encoder_embedding = nn.Embedding(vocabulary, embedding)
        self.encoder = nn.LSTM(embedding, hidden, batch_first=True)
        self.posterior = nn.ModuleDict({"linear": nn.Linear(hidden, 2 * latent)})
        self.initial_state = nn.Linear(latent, hidden)
        self.decoder = nn.LSTM(embedding + latent, hidden, batch_first=True)
        self.output = nn.Linear(hidden, vocabulary)
        self.dropout = nn.Dropout(dropout)

    def forward(self, inputs, targets, noise):
        batch, steps = targets.shape
        _, (last, _) = self.encoder(self.encoder_embedding(targets))
        mean, log_variance = self.posterior["linear"](last[0]).chunk(2, dim=1)
        z = mean + (0.5 * log_variance).exp() * noise
        kl = 0.5 * (mean.pow(2) + log_variance.exp() - log_variance - 1).sum()
        words = self.dropout(self.decoder_embedding(inputs))
        words = torch.cat([words, z.unsqueeze(1).expand(batch, steps, z.size(1))], 2)
        cell = self.initial_state(z).unsqueeze(0)
        states, _ = self.decoder(words, (cell.tanh(), cell))
        logits = self.output(self.dropout(states)).flatten(0, 1)
        return (F.cross_entropy(logits, targets.flatten(), reduction="sum") + kl) / batch


class Trainer:
    def __init__(self, workload, folder, dropout):
        self.workload = workload
        self.model = LstmVae(workload, dropout)
        self.model.load_state_dict(read_safetensors(f"{folder}/weights.safetensors"))
        self.optimizer = torch.optim.Adam(self.model.parameters(), workload["LearningRate"])
        data = read_safetensors(f"{folder}/batches.safetensors")
        bos = torch.full((workload["Batch"], 1), BOS)
        self.batches = [
            (torch.cat([bos, targets[:, :-1]], 1), targets, noise) for targets, noise in zip(data["targets"], data["noise"])
        ]
        self.step = 0

    def run(self, steps):
        seconds, losses = [], []
        for _ in range(steps):
            batch = self.batches[self.step % len(self.batches)]
            self.step += 1
            start = time.perf_counter()
            self.optimizer.zero_grad(set_to_none=True)
            loss = self.model(*batch)
            loss.backward()
            nn.utils.clip_grad_norm_(self.model.parameters(), self.workload["Clip"])
            self.optimizer.step()
            losses.append(loss.item())
            seconds.append(time.perf_counter() - start)
        return {"seconds": seconds, "losses": losses}


def peak_bytes():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))


def main():
    with open(sys.argv[1]) as file:
        workload = json.load(file)
    trainer = Trainer(workload, sys.argv[2], float(sys.argv[3]))
    for line in sys.stdin:
        command = line.split()
        answer = trainer.run(int(command[1])) if command[0] == "run" else {"bytes": peak_bytes()}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
