"""Writing text with the recurrent language model in PyTorch: one step of nn.LSTM a token, sampling from the softmax."""
import time

import torch

from lstm_lm import LstmLm
from lstm_vae import BOS, read_safetensors
from transformer_lm import serve


class Writer:
    def __init__(self, workload, folder, randomness):
        self.batch, self.time, self.greedy = workload["Batch"], workload["Time"], randomness == 0
        self.model = LstmLm(workload, 0).eval()
        self.model.load_state_dict(read_safetensors(f"{folder}/weights.safetensors"))
        torch.manual_seed(1)

    @torch.inference_mode()
    def write(self):
        """Tokens written, a text a row."""
        tokens, state, written = torch.full((self.batch, 1), BOS), None, []
        for _ in range(self.time):
            states, state = self.model.lstm(self.model.embedding(tokens), state)
            logits = self.model.output(states[:, 0])
            logits[:, :4] = -torch.inf  # no marker is written, so that all texts have the same length
            tokens = logits.argmax(1, keepdim=True) if self.greedy else torch.multinomial(logits.softmax(1), 1)
            written.append(tokens)
        return torch.cat(written, 1)

    def run(self, steps):
        seconds, sums = [], []
        for _ in range(steps):
            start = time.perf_counter()
            sums.append(float(self.write().sum()))
            seconds.append(time.perf_counter() - start)
        return {"seconds": seconds, "losses": sums}


if __name__ == "__main__":
    serve(Writer)
