#!/usr/bin/env node
import { AppError, messageOf } from '@phalanx/kit';
import { Command } from 'commander';
import { addApplyCommand } from './commands/apply.js';
import { addEventsCommands } from './commands/events-tail.js';
import { addListCommands } from './commands/list-show.js';
import { addLoginCommands } from './commands/login.js';

const program = new Command('phalanxctl').description('Phalanx from the command line').version('0.1.0');
addLoginCommands(program);
addListCommands(program);
addApplyCommand(program);
addEventsCommands(program);

program.parseAsync().catch((error: unknown) => {
  console.error(`phalanxctl: ${messageOf(error)}`);
  process.exit(error instanceof AppError && error.kind === 'invalid' ? 2 : 1);
});
