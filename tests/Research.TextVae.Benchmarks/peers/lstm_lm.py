"""The recurrent language model of src/Research.TextVae/Models/RecurrentLm in PyTorch, trained on command (see Side.cs)."""
import time

import torch
from torch import nn
from torch.nn import functional as F

from lstm_vae import BOS, read_safetensors
from transformer_lm import serve


class LstmLm(nn.Module):
    def __init__(self, w, dropout):
        super().__init__()
        layers = w["Layers"]
        self.embedding = nn.Embedding(w["Vocabulary"], w["Embedding"])
        self.lstm = nn.LSTM(w["Embedding"], w["Hidden"], layers, batch_first=True, dropout=dropout if layers > 1 else 0)
        self.output = nn.Linear(w["Hidden"], w["Vocabulary"])
        self.dropout = nn.Dropout(dropout)

    def forward(self, inputs, targets):
        states, _ = self.lstm(self.dropout(self.embedding(inputs)))
        return F.cross_entropy(self.output(self.dropout(states)).flatten(0, 1), targets.flatten(), reduction="sum") / len(targets)


class Trainer:
    def __init__(self, workload, folder, dropout):
        self.workload = workload
        self.model = LstmLm(workload, dropout)
        self.model.load_state_dict(read_safetensors(f"{folder}/weights.safetensors"))
        self.optimizer = torch.optim.Adam(self.model.parameters(), workload["LearningRate"])
        bos = torch.full((workload["Batch"], 1), BOS)
        data = read_safetensors(f"{folder}/batches.safetensors")["targets"]
        self.batches = [(torch.cat([bos, targets[:, :-1]], 1), targets) for targets in data]
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


if __name__ == "__main__":
    serve(Trainer)
