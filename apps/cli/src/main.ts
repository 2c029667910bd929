#!/usr/bin/env node
import { AppError, messageOf } from '@phalanx/kit';
import { Command } from 'commander';
import { addApplyCommand } from './commands/apply.js';
import { addBlocksCommands } from './commands/blocks.js';
import { addDriftCommands } from './commands/drift.js';
import { addEventsCommands } from './commands/events-tail.js';
import { addHaCommands } from './commands/ha.js';
import { addListCommands } from './commands/list-show.js';
import { addLoginCommands } from './commands/login.js';
import { addNetworkCommands } from './commands/network.js';

const program = new Command('phalanxctl').description('Phalanx from the command line').version('0.1.0');
addLoginCommands(program);
addListCommands(program);
addApplyCommand(program);
addNetworkCommands(program);
addHaCommands(program);
addBlocksCommands(program);
addDriftCommands(program);
addEventsCommands(program);

program.parseAsync().catch((error: unknown) => {
  console.error(`phalanxctl: ${messageOf(error)}`);
  process.exit(error instanceof AppError && error.kind === 'invalid' ? 2 : 1);
});
