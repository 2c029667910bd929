import { Badge, Group, Stack, Text } from '@mantine/core';
import type { HaView } from '@phalanx/contracts';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { AnchorLink } from '../../platform/components/anchor-link.js';
import { RelativeTime } from '../../platform/components/time.js';
import { useFormat } from '../../platform/format/use-format.js';
import { MemberState } from '../../platform/components/pair-condition.js';
import classes from './pair-drawing.module.css';

type Member = HaView['members'][number];

/** Both members side by side, what each holds, and whether they hear one another. */
export function PairDrawing({ pair }: { readonly pair: HaView }): ReactNode {
  const [first, second] = pair.members;
  if (!first || !second) return null;
  return (
    <div className={classes['pair']}>
      <MemberBox member={first} />
      <Link pair={pair} />
      <MemberBox member={second} />
    </div>
  );
}

function MemberBox({ member }: { readonly member: Member }): ReactNode {
  const { t } = useTranslation();
  const { status } = member;
  return (
    <section className={classes['member']} data-state={status?.state} aria-label={member.name}>
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <AnchorLink to="/appliances/$id" params={{ id: member.applianceId }} fw={600}>
          {member.name}
        </AnchorLink>
        <MemberState state={status?.state ?? null} />
      </Group>
      <Stack gap={2} mt={6}>
        <Text size="sm">
          {t('pair.priority', { priority: member.priority })} · <span className="mono">{`${member.interface} ${member.address}`}</span>
        </Text>
        <Text size="sm" c="dimmed" component="div">
          {member.online ? t('pair.online') : t('pair.offline')}
          {member.lastSeenAt !== null && (
            <>
              {' · '}
              <RelativeTime at={member.lastSeenAt} />
            </>
          )}
        </Text>
        {status && (
          <Text size="sm" c="dimmed" component="div">
            {t(`event.haCause.${status.cause}`)} · <RelativeTime at={status.since} />
          </Text>
        )}
        {member.order !== 'normal' && <Text size="sm">{t(`pair.order.${member.order}`)}</Text>}
        {status && !status.engineHealthy && <Text size="sm">{t('pair.engineIll')}</Text>}
      </Stack>
      <div className={classes['held']}>
        <Text size="xs" c="dimmed">
          {t('pair.holds')}
        </Text>
        {status && status.held.length > 0 ? (
          <Group gap={6} mt={4}>
            {status.held.map((address) => (
              <Badge key={address} variant="outline" tt="none" fw={600} className="mono">
                {address}
              </Badge>
            ))}
          </Group>
        ) : (
          <Text size="sm">{t('pair.holdsNone')}</Text>
        )}
      </div>
    </section>
  );
}

function Link({ pair }: { readonly pair: HaView }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const sync = pair.members.map(({ status }) => status?.sync ?? 'off');
  const word = sync.every((state) => state === 'running') ? 'running' : sync.includes('failed') ? 'failed' : 'off';
  return (
    <div className={classes['link']}>
      <Text size="xs">{t('pair.vrrp', { vrid: pair.settings.vrid })}</Text>
      <div className={classes['wire']} data-condition={pair.condition} />
      <Text size="xs" c="dimmed">
        {t('pair.every', { interval: format.milliseconds(pair.settings.advertMs) })}
      </Text>
      <Text size="xs" c="dimmed">
        {t(`pair.sync.${word}`)}
      </Text>
    </div>
  );
}
