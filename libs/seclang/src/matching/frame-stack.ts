/** Numbers of a frame: its kind and three more. */
export const FRAME = 4;

const FIRST_CELLS = 64 * FRAME;
/** A larger stack is not kept for the texts to come. */
const KEPT_CELLS = 1 << 18;

/** What a backtracking machine goes back to: frames of four numbers, the last one first. Grows as it is filled. */
export class FrameStack {
  cells: Int32Array = new Int32Array(FIRST_CELLS);
  /** Cells in use. */
  top = 0;

  clear(): void {
    this.top = 0;
    if (this.cells.length > KEPT_CELLS) this.cells = new Int32Array(FIRST_CELLS);
  }

  push(kind: number, a: number, b: number, c: number): void {
    if (this.top + FRAME > this.cells.length) {
      const larger = new Int32Array(this.cells.length * 2);
      larger.set(this.cells);
      this.cells = larger;
    }
    const frame = this.top;
    this.cells[frame] = kind;
    this.cells[frame + 1] = a;
    this.cells[frame + 2] = b;
    this.cells[frame + 3] = c;
    this.top = frame + FRAME;
  }
}
