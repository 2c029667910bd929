import { Controller } from '@nestjs/common';
import {
  idParamSchema,
  instantSchema,
  pageSchema,
  secretCreateSchema,
  secretViewSchema,
  tenantScopedQuerySchema,
  uuidSchema,
} from '@phalanx/contracts';
import { z } from 'zod';
import { decodeCursor, toPage } from '../../platform/http/cursor.js';
import { endpoint, type InputOf } from '../../platform/http/endpoint.js';
import { Input, Route } from '../../platform/http/route.js';
import { SecretsService, secretView } from './secrets.service.js';

const CREATE = endpoint({
  method: 'POST',
  path: '/api/v1/secrets',
  summary: 'Stores a TLS certificate with its key, which is never shown again',
  permission: 'secret:write',
  body: secretCreateSchema,
  answer: secretViewSchema,
  status: 201,
});
const LIST = endpoint({
  method: 'GET',
  path: '/api/v1/secrets',
  summary: 'Lists secrets without their content, newest first',
  permission: 'secret:read',
  query: tenantScopedQuerySchema,
  answer: pageSchema(secretViewSchema),
});
const SHOW = endpoint({
  method: 'GET',
  path: '/api/v1/secrets/:id',
  summary: 'Shows a secret without its content',
  permission: 'secret:read',
  params: idParamSchema,
  answer: secretViewSchema,
});
const REMOVE = endpoint({
  method: 'DELETE',
  path: '/api/v1/secrets/:id',
  summary: 'Removes a secret; boxes that hold it keep it until their policy no longer names it',
  permission: 'secret:write',
  params: idParamSchema,
});

const cursorSchema = z.tuple([instantSchema, uuidSchema]);

/** Secrets over REST: what goes in never comes out. */
@Controller()
export class SecretsController {
  constructor(private readonly secrets: SecretsService) {}

  @Route(CREATE)
  async create(@Input() { body }: InputOf<typeof CREATE>) {
    return secretView(await this.secrets.create(body));
  }

  @Route(LIST)
  async list(@Input() { query }: InputOf<typeof LIST>) {
    const { limit, cursor, tenantId } = query;
    const rows = await this.secrets.list({ tenantId, limit, after: decodeCursor(cursor, cursorSchema) });
    return toPage(rows, limit, secretView, (row) => [row.createdAt.toISOString(), row.id]);
  }

  @Route(SHOW)
  async show(@Input() { params }: InputOf<typeof SHOW>) {
    return secretView(await this.secrets.get(params.id));
  }

  @Route(REMOVE)
  async remove(@Input() { params }: InputOf<typeof REMOVE>) {
    await this.secrets.remove(params.id);
  }
}
