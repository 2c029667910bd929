// `npm run docs`: writes docs/reference.
import 'reflect-metadata';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@phalanx/testing';
import { renderReference } from './render-reference.js';

const folder = join(repositoryRoot, 'docs/reference');
mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(renderReference(repositoryRoot))) writeFileSync(join(folder, name), text);
