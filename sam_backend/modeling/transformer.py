"""The two-way transformer: prompt tokens and image tokens attend to each other (paper, appendix A, figure 14)."""

from __future__ import annotations

from torch import Tensor, nn

from sam_backend.config import DecoderConfig
from sam_backend.modeling.common import MlpBlock, attend


class Attention(nn.Module):
    """Multi-head attention that may work in fewer channels than it is given."""

    def __init__(self, width: int, heads: int, downsample: int = 1) -> None:
        super().__init__()
        inner = width // downsample
        self.heads = heads
        self.q_proj = nn.Linear(width, inner)
        self.k_proj = nn.Linear(width, inner)
        self.v_proj = nn.Linear(width, inner)
        self.out_proj = nn.Linear(inner, width)

    def forward(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """[B, N, width] queries over [B, M, width] keys and values to [B, N, width]."""
        parts = (self.q_proj(q), self.k_proj(k), self.v_proj(v))
        heads = (x.reshape(x.shape[0], x.shape[1], self.heads, -1).transpose(1, 2) for x in parts)
        y = attend(*heads).transpose(1, 2)
        out: Tensor = self.out_proj(y.reshape(y.shape[0], y.shape[1], -1))
        return out


class TwoWayBlock(nn.Module):
    """Self-attention of the tokens, tokens to image, MLP, image to tokens."""

    def __init__(self, config: DecoderConfig, first: bool) -> None:
        super().__init__()
        width, heads, downsample = config.width, config.heads, config.attention_downsample
        self.first = first
        self.self_attn = Attention(width, heads)
        self.norm1 = nn.LayerNorm(width)
        self.cross_attn_token_to_image = Attention(width, heads, downsample)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = MlpBlock(width, config.mlp_width, nn.ReLU)
        self.norm3 = nn.LayerNorm(width)
        self.norm4 = nn.LayerNorm(width)
        self.cross_attn_image_to_token = Attention(width, heads, downsample)

    def forward(self, tokens: Tensor, image: Tensor, prompt: Tensor, positions: Tensor) -> tuple[Tensor, Tensor]:
        tokens = self.attend_tokens(tokens, prompt)
        seen = self.cross_attn_token_to_image(tokens + prompt, image + positions, image)
        tokens = self.norm2(tokens + seen)
        tokens = self.norm3(tokens + self.mlp(tokens))
        answer = self.cross_attn_image_to_token(image + positions, tokens + prompt, tokens)
        return tokens, self.norm4(image + answer)

    def attend_tokens(self, tokens: Tensor, prompt: Tensor) -> Tensor:
        """The first layer's tokens are the prompt itself: no second copy is added, and no residual."""
        if self.first:
            out: Tensor = self.norm1(self.self_attn(tokens, tokens, tokens))
            return out
        q = tokens + prompt
        out = self.norm1(tokens + self.self_attn(q, q, tokens))
        return out


class TwoWayTransformer(nn.Module):
    """Prompt tokens [B, T, C] and image tokens [B, M, C] to the same shapes."""

    def __init__(self, config: DecoderConfig) -> None:
        super().__init__()
        self.layers = nn.ModuleList(TwoWayBlock(config, first=i == 0) for i in range(config.depth))
        self.final_attn_token_to_image = Attention(config.width, config.heads, config.attention_downsample)
        self.norm_final_attn = nn.LayerNorm(config.width)

    def forward(self, image: Tensor, positions: Tensor, prompt: Tensor) -> tuple[Tensor, Tensor]:
        tokens = prompt
        for layer in self.layers:
            tokens, image = layer(tokens, image, prompt, positions)
        seen = self.final_attn_token_to_image(tokens + prompt, image + positions, image)
        return self.norm_final_attn(tokens + seen), image
