import { join } from 'node:path';
import type { Disk } from '@phalanx/kit';
import { z } from 'zod';

const madeSchema = z.strictObject({
  links: z.array(z.string()),
  addresses: z.array(z.strictObject({ interface: z.string(), address: z.string() })),
  /** What stood before. */
  mtus: z.array(z.strictObject({ interface: z.string(), before: z.int() })),
});
/** What this product has changed of the box's interfaces, to take it back. */
export type MadeLinks = z.infer<typeof madeSchema>;

/** Remembers it across restarts: written before the kernel is told. */
export class MadeLinksFile {
  private readonly path: string;

  constructor(
    private readonly disk: Disk,
    folder: string,
  ) {
    this.path = join(folder, 'made.json');
  }

  read(): MadeLinks {
    const bytes = this.disk.read(this.path);
    return bytes ? madeSchema.parse(JSON.parse(bytes.toString('utf8'))) : { links: [], addresses: [], mtus: [] };
  }

  write(made: MadeLinks): void {
    this.disk.replace(this.path, JSON.stringify(made));
  }
}
