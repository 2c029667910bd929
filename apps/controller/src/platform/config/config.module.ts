import { type DynamicModule, Module } from '@nestjs/common';
import type { z } from 'zod';
import { type ConfigSlice, loadConfig } from './config-slice.js';

/** Makes every parsed slice injectable under its token. */
@Module({})
export class ConfigModule {
  static forSlices(slices: readonly ConfigSlice<z.ZodRawShape>[], environment: NodeJS.ProcessEnv): DynamicModule {
    const loaded = loadConfig(slices, environment);
    const providers = slices.map((slice) => ({ provide: slice.token, useValue: loaded.get(slice) as object }));
    return { module: ConfigModule, global: true, providers, exports: providers };
  }
}
