import { Badge, Group, Stack, Text } from '@mantine/core';
import { type EventView, gravestRule, type MatchedRule, type Severity } from '@phalanx/contracts';
import { IconAlertOctagon, IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useApplication } from '../../platform/api/resources.js';
import { ActionStatus } from '../../platform/components/action-status.js';
import { AnchorLink } from '../../platform/components/anchor-link.js';
import { Copyable } from '../../platform/components/copy.js';
import { type Fact, Facts } from '../../platform/components/facts.js';
import { LevelStatus } from '../../platform/components/level-status.js';
import { Status } from '../../platform/components/status.js';
import { useFormat } from '../../platform/format/use-format.js';
import classes from './attack-detail.module.css';

type Attack = Extract<EventView, { kind: 'attack' }>;

/** A request that rules objected to: what was done, the request, the rules with the bytes that they matched, and the way to others like it. */
export function AttackDetail({ event }: { readonly event: Attack }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const gravest = gravestRule(event.rules);
  const line = `${event.method} ${event.path}${event.query === '' ? '' : `?${event.query}`} ${event.protocol}`;
  const facts: readonly Fact[] = [
    { label: t('event.fact.requestId'), value: <Copyable value={event.requestId} /> },
    { label: t('event.fact.status'), value: event.status === 0 ? t('event.fact.noStatus') : String(event.status) },
    {
      label: t('event.fact.score'),
      value: t('event.fact.scores', { inbound: format.number(event.score.inbound), outbound: format.number(event.score.outbound) }),
    },
    { label: t('event.fact.level'), value: <LevelStatus level={event.level} /> },
    { label: t('event.fact.stage'), value: event.stage },
    {
      label: t('event.fact.source'),
      value: (
        <AnchorLink to="/events" search={(now) => ({ tenant: now.tenant, source: event.source })} className="mono">
          {event.source}
        </AnchorLink>
      ),
    },
    { label: t('event.fact.peer'), value: <span className="mono">{event.peer}</span> },
    { label: t('event.fact.host'), value: event.host },
    {
      label: t('event.fact.application'),
      value: event.applicationId === null ? t('state.none') : <ApplicationLink id={event.applicationId} />,
    },
    { label: t('event.fact.userAgent'), value: event.userAgent === '' ? t('state.none') : event.userAgent },
    ...(event.count > 1
      ? [{ label: t('event.fact.count'), value: t('event.fact.folded', { count: event.count, shown: format.number(event.count) }) }]
      : []),
  ];
  return (
    <Stack gap="md">
      <Group gap="sm">
        <ActionStatus action={event.action} />
        <Text size="sm">{t(`event.did.${event.action}`)}</Text>
      </Group>
      <pre className={classes['line']}>{line}</pre>
      <Facts items={facts} />
      <Stack gap="xs">
        <Text fw={600} size="sm">
          {t('event.rules', { count: event.rules.length })}
        </Text>
        {event.rules.map((rule, index) => (
          <Rule key={`${rule.id} ${index}`} rule={rule} />
        ))}
      </Stack>
      <Group gap="md">
        <Text size="sm" fw={600}>
          {t('event.similar')}
        </Text>
        <AnchorLink to="/events" search={(now) => ({ tenant: now.tenant, source: event.source })} size="sm">
          {t('event.sameSource')}
        </AnchorLink>
        {gravest && (
          <AnchorLink to="/events" search={(now) => ({ tenant: now.tenant, ruleId: String(gravest.id) })} size="sm">
            {t('event.sameRule', { id: gravest.id })}
          </AnchorLink>
        )}
        {event.path.length <= 200 && (
          <AnchorLink
            to="/events"
            search={(now) => ({ tenant: now.tenant, applicationId: event.applicationId ?? undefined, q: event.path })}
            size="sm"
          >
            {t('event.samePath')}
          </AnchorLink>
        )}
      </Group>
    </Stack>
  );
}

function ApplicationLink({ id }: { readonly id: string }): ReactNode {
  const application = useApplication(id);
  return (
    <AnchorLink to="/applications/$id" params={{ id }}>
      {application.data?.name ?? id.slice(0, 8)}
    </AnchorLink>
  );
}

function looksOf(severity: Severity) {
  if (['EMERGENCY', 'ALERT', 'CRITICAL', 'ERROR'].includes(severity)) return { tone: 'bad', icon: IconAlertOctagon } as const;
  if (severity === 'WARNING') return { tone: 'warn', icon: IconAlertTriangle } as const;
  return { tone: 'none', icon: IconInfoCircle } as const;
}

/** One rule that matched, with where and what. */
function Rule({ rule }: { readonly rule: MatchedRule }): ReactNode {
  const { t } = useTranslation();
  return (
    <div className={classes['rule']}>
      <Group gap="sm" wrap="wrap">
        <AnchorLink to="/events" search={(now) => ({ tenant: now.tenant, ruleId: String(rule.id) })} fw={600} size="sm">
          {String(rule.id)}
        </AnchorLink>
        <Status {...looksOf(rule.severity)}>{t(`severity.${rule.severity}`)}</Status>
        <Text size="sm">{rule.message}</Text>
      </Group>
      <Text size="xs" c="dimmed">
        {t('event.matchedAt', { variable: rule.variable })}
      </Text>
      <pre className={classes['matched']}>{rule.matched}</pre>
      {rule.tags.length > 0 && (
        <Group gap={4}>
          {rule.tags.map((tag) => (
            <Badge key={tag} size="xs" variant="default" tt="none" fw={400}>
              {tag}
            </Badge>
          ))}
        </Group>
      )}
    </div>
  );
}
