"""The bag-of-words VAE of src/Research.TextVae/Models/Dense in PyTorch over dense counts, trained on command (see Side.cs)."""
import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

from lstm_vae import peak_bytes, read_safetensors


class BagOfWordsVae(nn.Module):
    def __init__(self, w):
        super().__init__()
        self.input = nn.Linear(w["Vocabulary"], w["Hidden"])
        self.posterior = nn.Linear(w["Hidden"], 2 * w["Latent"])
        self.decoder = nn.Linear(w["Latent"], w["Hidden"])
        self.output = nn.Linear(w["Hidden"], w["Vocabulary"])

    def forward(self, counts, noise):
        mean, log_variance = self.posterior(F.relu(self.input(counts))).chunk(2, dim=1)
        z = mean + (0.5 * log_variance).exp() * noise
        kl = 0.5 * (mean.pow(2) + log_variance.exp() - log_variance - 1).sum()
        logits = self.output(F.relu(self.decoder(z)))
        return (-(counts * F.log_softmax(logits, dim=1)).sum() + kl) / counts.size(0)


class Trainer:
    def __init__(self, workload, folder):
        self.vocabulary = workload["Vocabulary"]
        self.model = BagOfWordsVae(workload)
        weights = read_safetensors(f"{folder}/weights.safetensors")
        weights["input.weight"] = weights["input.weight"].t().contiguous()
        weights["input.bias"] = weights.pop("input_bias")
        for name in ["weight", "bias"]:
            weights[f"posterior.{name}"] = weights.pop(f"posterior.linear.{name}")
        self.model.load_state_dict(weights)
        self.optimizer = torch.optim.Adam(self.model.parameters(), workload["LearningRate"])
        data = read_safetensors(f"{folder}/batches.safetensors")
        self.batches = list(zip(data["words"], data["noise"]))
        self.step = 0

    def run(self, steps):
        seconds, losses = [], []
        for _ in range(steps):
            words, noise = self.batches[self.step % len(self.batches)]
            self.step += 1
            start = time.perf_counter()
            counts = torch.zeros(words.size(0), self.vocabulary).scatter_add_(1, words, torch.ones(words.shape))
            self.optimizer.zero_grad(set_to_none=True)
            loss = self.model(counts, noise)
            loss.backward()
            self.optimizer.step()
            losses.append(loss.item())
            seconds.append(time.perf_counter() - start)
        return {"seconds": seconds, "losses": losses}


def main():
    with open(sys.argv[1]) as file:
        workload = json.load(file)
    trainer = Trainer(workload, sys.argv[2])
    for line in sys.stdin:
        command = line.split()
        answer = trainer.run(int(command[1])) if command[0] == "run" else {"bytes": peak_bytes()}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
