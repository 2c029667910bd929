import { parseArgs } from 'node:util';
import { AppError } from '@phalanx/kit';
import { SHAPES } from '../requests/shapes.js';

/** What `bench engine` measures, and for how long. */
export interface EngineBenchOptions {
  readonly rounds: number;
  /** Of each run. */
  readonly seconds: number;
  /** Of the run before the measured ones. */
  readonly warmUpSeconds: number;
  /** Names of shapes, and `attacks`. */
  readonly shapes: readonly string[];
  readonly connections: number;
  /** Distinct requests of each shape. */
  readonly requests: number;
  readonly seed: number;
  /** Leaves out nginx and ModSecurity: for work on the engine alone. */
  readonly isEngineOnly: boolean;
}

const KNOWN = [...SHAPES.map(({ name }) => name), 'attacks'];

/** Reads the command line. Throws `invalid` with the reason. */
export function parseEngineOptions(args: readonly string[]): EngineBenchOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: text,
      seconds: text,
      'warm-up': text,
      shapes: text,
      connections: text,
      requests: text,
      seed: text,
      'engine-only': { type: 'boolean', default: false },
    },
  });
  const shapes = values.shapes?.split(',') ?? KNOWN;
  const unknown = shapes.find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) throw new AppError('invalid', 'cli.usage', `--shapes takes ${KNOWN.join(',')}; not ${unknown}`);
  return {
    rounds: count('--rounds', values.rounds, 3, 1),
    seconds: count('--seconds', values.seconds, 3, 2),
    warmUpSeconds: count('--warm-up', values['warm-up'], 10, 2),
    shapes,
    connections: count('--connections', values.connections, 64, 1),
    requests: count('--requests', values.requests, 50_000, 1_000),
    seed: count('--seed', values.seed, 20_260_101, 0),
    isEngineOnly: values['engine-only'],
  };
}

function count(option: string, value: string | undefined, fallback: number, least: number): number {
  const number = value === undefined ? fallback : Number(value);
  if (!Number.isInteger(number) || number < least)
    throw new AppError('invalid', 'cli.usage', `${option} must be a whole number from ${least} on`);
  return number;
}
