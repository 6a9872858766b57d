"""Writing text with the Transformer language model in PyTorch: a cache of keys and values, sampling from the softmax."""
import time

import torch

from lstm_vae import BOS, read_safetensors
from transformer_lm import TransformerLm, serve


class Writer:
    """Writes the texts of one batch, a token of each a step; starts anew when they are full."""

    def __init__(self, workload, folder, randomness):
        self.batch, self.time, self.greedy = workload["Batch"], workload["Time"], randomness == 0
        self.model = TransformerLm(workload, self.time, 0).eval()
        self.model.load_state_dict(read_safetensors(f"{folder}/weights.safetensors"))
        self.heads, self.width = workload["Heads"], workload["Width"]
        torch.manual_seed(1)

    @torch.inference_mode()
    def write(self):
        """Tokens written in the end, a text a row."""
        size = (self.batch, self.heads, self.time, self.width // self.heads)
        caches = [(torch.empty(size), torch.empty(size)) for _ in self.model.decoder.blocks]
        tokens, written = torch.full((self.batch, 1), BOS), []
        for place in range(self.time):
            x = self.model.embedding(tokens, place)
            for block, (keys, values) in zip(self.model.decoder.blocks, caches):
                attention = block.attention
                q, k, v = map(attention.split, attention.query_key_value(block.attention_norm(x)).chunk(3, dim=-1))
                keys[:, :, place], values[:, :, place] = k[:, :, 0], v[:, :, 0]
                x = x + attention.attend(q, keys[:, :, : place + 1], values[:, :, : place + 1])
                x = x + block.feed_forward(block.feed_forward_norm(x))
            logits = self.model.logits(self.model.decoder.norm(x[:, 0]))
            logits[:, :4] = -torch.inf  # no marker is written, so that all texts have the same length
            tokens = logits.argmax(1, keepdim=True) if self.greedy else torch.multinomial(logits.softmax(1), 1)
            written.append(tokens)
        return torch.cat(written, 1)

    def run(self, steps):
        seconds, sums = [], []
        for _ in range(steps):
            start = time.perf_counter()
            written = self.write()
            sums.append(float(written.sum()))
            seconds.append(time.perf_counter() - start)
        return {"seconds": seconds, "losses": sums}


if __name__ == "__main__":
    serve(Writer)
