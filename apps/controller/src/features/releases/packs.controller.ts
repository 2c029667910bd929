import { Controller, Inject } from '@nestjs/common';
import { idParamSchema, packCreateSchema, packQuerySchema, packViewSchema, pageSchema } from '@phalanx/contracts';
import { endpoint, type InputOf } from '../../platform/http/endpoint.js';
import { Input, Route } from '../../platform/http/route.js';
import { PacksService } from './packs.service.js';

const PUBLISH = endpoint({
  method: 'POST',
  path: '/api/v1/signature-packs',
  summary: 'Publish a signature pack to the provider’s repository',
  permission: 'release:write',
  provider: true,
  body: packCreateSchema,
  answer: packViewSchema,
  status: 201,
  bodyLimitBytes: 16 * 1024 * 1024,
});
const LIST = endpoint({
  method: 'GET',
  path: '/api/v1/signature-packs',
  summary: 'Signature packs, newest first',
  permission: 'release:read',
  query: packQuerySchema,
  answer: pageSchema(packViewSchema),
});
const GET = endpoint({
  method: 'GET',
  path: '/api/v1/signature-packs/:id',
  summary: 'One signature pack',
  permission: 'release:read',
  params: idParamSchema,
  answer: packViewSchema,
});

@Controller()
export class PacksController {
  constructor(@Inject(PacksService) private readonly packs: PacksService) {}

  @Route(PUBLISH)
  publish(@Input() { body, principal }: InputOf<typeof PUBLISH>) {
    return this.packs.importPack(body, principal.actor);
  }

  @Route(LIST)
  list(@Input() { query }: InputOf<typeof LIST>) {
    return this.packs.list(query);
  }

  @Route(GET)
  get(@Input() { params }: InputOf<typeof GET>) {
    return this.packs.get(params.id);
  }
}
