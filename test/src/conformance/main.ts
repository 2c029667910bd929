import { AppError, messageOf } from '@phalanx/kit';
import { parseOptions } from './options.js';
import { run } from './run.js';

/** `npm run test:crs`: progress goes to standard error, the report to standard output. */
async function main(args: readonly string[]): Promise<boolean> {
  const options = parseOptions(args);
  const { lines, isGood } = await run(options, (line) => process.stderr.write(`${line}\n`));
  process.stdout.write(`${lines.join('\n')}\n`);
  return isGood;
}

main(process.argv.slice(2)).then(
  (isGood) => process.exit(isGood ? 0 : 1),
  (error: unknown) => {
    process.stderr.write(
      `${error instanceof AppError && error.kind !== 'bug' ? messageOf(error) : error instanceof Error ? error.stack : String(error)}\n`,
    );
    process.exit(error instanceof AppError && error.kind === 'invalid' ? 2 : 1);
  },
);
