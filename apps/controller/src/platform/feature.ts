import type { Type } from '@nestjs/common';
import type { z } from 'zod';
import type { ConfigSlice } from './config/config-slice.js';
import type { MigrationClass } from './db/migrate.js';

/** Work that `prepare` does after the migrations, in the order of the features: make keys, files, first rows. Repeatable. */
export interface PrepareStep {
  prepare(): Promise<void>;
}

/** What a feature brings to the program. Its `index.ts` exports one, and `composition.ts` lists them. */
export interface ControllerFeature {
  readonly name: string;
  readonly module: Type;
  readonly migrations?: readonly MigrationClass[];
  readonly config?: readonly ConfigSlice<z.ZodRawShape>[];
  /** Injectable of the module that implements `PrepareStep`. */
  readonly prepare?: Type<PrepareStep>;
}
