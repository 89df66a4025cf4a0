"""Two-way transformer (paper, appendix A), batch first, with SAM's order of operations."""

from __future__ import annotations

from torch import Tensor, nn

from sam_backend.modeling.compact.layers import mlp


class Attention(nn.Module):
    """Multi-head attention whose inner width may be a fraction of ``dim``."""

    def __init__(self, dim: int, heads: int, downsample: int = 1) -> None:
        super().__init__()
        inner = dim // downsample
        self.heads = heads
        self.scale = float((inner // heads) ** -0.5)
        self.q, self.k, self.v = (nn.Linear(dim, inner) for _ in range(3))
        self.out = nn.Linear(inner, dim)

    def forward(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        query, key, value = self._split(self.q(q)), self._split(self.k(k)), self._split(self.v(v))
        weights = ((query * self.scale) @ key.transpose(-1, -2)).softmax(-1)
        mixed: Tensor = self.out((weights @ value).transpose(1, 2).flatten(2))
        return mixed

    def _split(self, x: Tensor) -> Tensor:
        return x.view(x.shape[0], x.shape[1], self.heads, -1).transpose(1, 2)


class TwoWayBlock(nn.Module):
    """Tokens attend to themselves, then to the image, pass an MLP; then the image attends to the tokens."""

    def __init__(self, dim: int, heads: int, mlp_dim: int, first: bool) -> None:
        super().__init__()
        self.first = first
        self.self_attention = Attention(dim, heads)
        self.norm1 = nn.LayerNorm(dim)
        self.token_to_image = Attention(dim, heads, 2)
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = mlp(dim, mlp_dim, dim)
        self.norm3 = nn.LayerNorm(dim)
        self.image_to_token = Attention(dim, heads, 2)
        self.norm4 = nn.LayerNorm(dim)

    def forward(self, tokens: Tensor, image: Tensor, prompt: Tensor, position: Tensor) -> tuple[Tensor, Tensor]:
        if self.first:
            tokens = self.self_attention(tokens, tokens, tokens)
        else:
            tokens = tokens + self.self_attention(tokens + prompt, tokens + prompt, tokens)
        tokens = self.norm1(tokens)
        tokens = self.norm2(tokens + self.token_to_image(tokens + prompt, image + position, image))
        tokens = self.norm3(tokens + self.mlp(tokens))
        image = self.norm4(image + self.image_to_token(image + position, tokens + prompt, tokens))
        return tokens, image


class TwoWayTransformer(nn.Module):
    """``depth`` two-way blocks and a final attention from the tokens to the image."""

    def __init__(self, dim: int, heads: int = 4, depth: int = 2, mlp_dim: int = 512) -> None:
        super().__init__()
        self.layers = nn.ModuleList([TwoWayBlock(dim, heads, mlp_dim, first=i == 0) for i in range(depth)])
        self.final = Attention(dim, heads, 2)
        self.final_norm = nn.LayerNorm(dim)

    def forward(self, prompt: Tensor, image: Tensor, position: Tensor) -> tuple[Tensor, Tensor]:
        """``prompt`` [P, T, dim], ``image`` [P, H*W, dim], ``position`` [H*W, dim]; returns both, updated."""
        tokens = prompt
        for layer in self.layers:
            tokens, image = layer(tokens, image, prompt, position)
        tokens = self.final_norm(tokens + self.final(tokens + prompt, image + position, image))
        return tokens, image
