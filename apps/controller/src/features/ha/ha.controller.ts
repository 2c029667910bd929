import { Controller } from '@nestjs/common';
import {
  haCommandResultSchema,
  haCommandSchema,
  haTimelineItemSchema,
  haTimelineQuerySchema,
  haViewSchema,
  haWriteSchema,
  idParamSchema,
  pageSchema,
} from '@phalanx/contracts';
import { endpoint, type InputOf } from '../../platform/http/endpoint.js';
import { Input, Route } from '../../platform/http/route.js';
import { PairCommands } from './pair-commands.js';
import { PairService } from './pair.service.js';

const PATH = '/api/v1/clusters/:id/ha';
const GET = endpoint({
  method: 'GET',
  path: PATH,
  summary: 'A pair: its settings, what each member shall do and says, and how the pair stands',
  permission: 'fleet:read',
  params: idParamSchema,
  answer: haViewSchema,
});
const PUT = endpoint({
  method: 'PUT',
  path: PATH,
  summary: 'Makes a cluster of two a pair that takes over, or changes one; `If-Match: "0"` for the first',
  permission: 'ha:write',
  params: idParamSchema,
  body: haWriteSchema,
  answer: haViewSchema,
  ifMatch: true,
});
const REMOVE = endpoint({
  method: 'DELETE',
  path: PATH,
  summary: 'Takes the pairing away; the boxes let go of the virtual addresses',
  permission: 'ha:write',
  params: idParamSchema,
  ifMatch: true,
});
const COMMAND = endpoint({
  method: 'POST',
  path: `${PATH}/commands`,
  summary: 'Has a pair move its addresses, or takes a member out or back in; refused with the reason where the pair could not survive it',
  permission: 'ha:write',
  params: idParamSchema,
  body: haCommandSchema,
  answer: haCommandResultSchema,
});
const TIMELINE = endpoint({
  method: 'GET',
  path: `${PATH}/timeline`,
  summary: 'What happened to a pair, joined from both members, newest first',
  permission: 'fleet:read',
  params: idParamSchema,
  query: haTimelineQuerySchema,
  answer: pageSchema(haTimelineItemSchema),
});

/** Routes of pairs. */
@Controller()
export class HaController {
  constructor(
    private readonly pairs: PairService,
    private readonly commands: PairCommands,
  ) {}

  @Route(GET)
  get(@Input() { params }: InputOf<typeof GET>) {
    return this.pairs.get(params.id);
  }

  @Route(PUT)
  put(@Input() { params, body, ifMatch }: InputOf<typeof PUT>) {
    return this.pairs.write(params.id, ifMatch, body);
  }

  @Route(REMOVE)
  remove(@Input() { params, ifMatch }: InputOf<typeof REMOVE>) {
    return this.pairs.remove(params.id, ifMatch);
  }

  @Route(COMMAND)
  command(@Input() { params, body }: InputOf<typeof COMMAND>) {
    return this.commands.command(params.id, body);
  }

  @Route(TIMELINE)
  timeline(@Input() { params, query }: InputOf<typeof TIMELINE>) {
    return this.pairs.timeline(params.id, query);
  }
}
