import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@phalanx/kit';

/** What `npm start` takes from the environment, beside what it hands on to the controller. */
const START_MEANING: Readonly<Record<string, string>> = {
  PHALANX_HOME: 'Folder of everything that must be found again at the next start; `.phalanx` in the checkout unless set.',
  PHALANX_PORT: 'Port of the console, if it is free; 8600 unless set, another one where that is taken.',
  DATABASE_URL: 'PostgreSQL of your own, as its owner; without it one is started.',
  PHALANX_DEMO_RPS: 'Requests a second that visitors and attackers send to all applications together; 20 unless set.',
};

function found(root: string, file: string, pattern: RegExp): string[] {
  const texts = [...readFileSync(join(root, file), 'utf8').matchAll(pattern)].map(([, text]) => text ?? '');
  if (texts.length === 0)
    throw new AppError('bug', 'reference.nothing-found', `${file} holds nothing of the form ${pattern.source} any more`);
  return texts;
}

/** Configuration of the programs beside the controller, as their sources state it. `root` is the checkout. */
export function otherPrograms(root: string): string {
  const usage = (file: string) => `\`\`\`\n${found(root, file, /USAGE = [`']([^]*?)[`'];/g)[0]!.trim()}\n\`\`\`\n`;
  const cli = found(root, 'apps/cli/src/cli.config.ts', /\/\*\* ((?:`[A-Z_]+`|Folder)[^]*?) \*\//g);
  const start = found(root, 'libs/testing/src/demo/main.ts', /(?:process\.env\[|wholeNumber\()'([A-Z_]+)'/g).map((name) => {
    const meaning = START_MEANING[name];
    if (meaning === undefined) throw new AppError('bug', 'reference.not-described', `nothing says what ${name} means for npm start`);
    return `| \`${name}\` | ${meaning} |`;
  });
  return [
    '## Agent of an appliance\n',
    usage('agents/appliance/src/agent.config.ts'),
    '## Engine\n',
    usage('agents/engine/src/usage-error.ts'),
    '## `phalanxctl`\n',
    `${cli.map((line) => `- ${line}`).join('\n')}\n`,
    '## `npm start`\n',
    `| variable | meaning |\n|---|---|\n${start.join('\n')}\n`,
  ].join('\n');
}
