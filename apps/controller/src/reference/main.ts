// `npm run docs`: writes docs/reference.
import 'reflect-metadata';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderReference } from './render-reference.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const folder = join(root, 'docs/reference');
mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(renderReference(root))) writeFileSync(join(folder, name), text);
