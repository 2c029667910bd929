import { AppError } from '@phalanx/kit';
import { z } from 'zod';

/** One feature's part of the environment: variable names with their parsers, each described in one sentence. */
export interface ConfigSlice<Shape extends z.ZodRawShape> {
  readonly name: string;
  readonly shape: Shape;
  /** Injection token of the parsed values. */
  readonly token: symbol;
}

export type ConfigOf<Slice> = Slice extends ConfigSlice<infer Shape> ? z.output<z.ZodObject<Shape>> : never;

/** Declares a slice. Every variable has a default or is optional, and a `.describe()` with its unit. */
export function defineConfig<Shape extends z.ZodRawShape>(name: string, shape: Shape): ConfigSlice<Shape> {
  return { name, shape, token: Symbol(`config:${name}`) };
}

export interface LoadedConfig {
  get<Shape extends z.ZodRawShape>(slice: ConfigSlice<Shape>): z.output<z.ZodObject<Shape>>;
}

/** Parses all slices at once and reports every problem together, as `invalid` with code `config.invalid`. */
export function loadConfig(slices: readonly ConfigSlice<z.ZodRawShape>[], environment: NodeJS.ProcessEnv): LoadedConfig {
  const values = new Map<string, unknown>();
  const problems: string[] = [];
  // An empty variable means the same as none: shells and compose files can't unset one easily.
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  for (const slice of slices) {
    const parsed = z.object(slice.shape).safeParse(present);
    if (parsed.success) values.set(slice.name, parsed.data);
    else problems.push(...parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  }
  if (problems.length > 0) {
    throw new AppError('invalid', 'config.invalid', `the environment is not usable:\n  ${problems.join('\n  ')}`, {
      details: { problems },
    });
  }
  return { get: (slice) => values.get(slice.name) as never };
}
