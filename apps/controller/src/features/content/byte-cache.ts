/** A piece of content with its digest. */
export interface CachedPiece {
  readonly sha256: string;
  readonly body: Buffer;
}

/** What one entry costs beside its bytes: key, digest, list places. */
const OVERHEAD_BYTES = 400;

/** Keeps the pieces used last, up to a number of bytes. A Map keeps its order of insertion, so the first one is the least recently used. */
export class ByteCache {
  private readonly pieces = new Map<string, CachedPiece>();
  private bytes = 0;

  constructor(private readonly limitBytes: number) {}

  get(key: string): CachedPiece | null {
    const piece = this.pieces.get(key);
    if (!piece) return null;
    this.pieces.delete(key);
    this.pieces.set(key, piece);
    return piece;
  }

  set(key: string, piece: CachedPiece): void {
    this.remove(key);
    if (cost(piece) > this.limitBytes) return;
    this.pieces.set(key, piece);
    this.bytes += cost(piece);
    for (const oldest of this.pieces.keys()) {
      if (this.bytes <= this.limitBytes) return;
      this.remove(oldest);
    }
  }

  private remove(key: string): void {
    const piece = this.pieces.get(key);
    if (!piece) return;
    this.pieces.delete(key);
    this.bytes -= cost(piece);
  }
}

function cost(piece: CachedPiece): number {
  return piece.body.length + OVERHEAD_BYTES;
}
