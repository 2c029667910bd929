import { Group, Stack, Text } from '@mantine/core';
import type { ApplianceView, ApplicationView } from '@phalanx/contracts';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useWholeList } from '../../platform/api/use-list.js';
import { AnchorLink } from '../../platform/components/anchor-link.js';
import { Empty } from '../../platform/components/empty.js';
import { LevelStatus } from '../../platform/components/level-status.js';
import { Loaded } from '../../platform/components/loaded.js';

/** Which applications the box protects, and the way to its events. */
export function ServesPanel({ appliance }: { readonly appliance: ApplianceView }): ReactNode {
  const { t } = useTranslation();
  const applications = useWholeList<ApplicationView>('/applications', { clusterId: appliance.clusterId });
  return (
    <Loaded query={applications} what={t('appliance.serves.unread')}>
      {({ items }) => (
        <Stack gap="sm">
          {items.length === 0 && <Empty title={t('appliance.serves.none')} next={t('appliance.serves.noneNext')} />}
          {items.map((application) => (
            <Group key={application.id} justify="space-between" wrap="nowrap">
              <div style={{ minWidth: 0 }}>
                <AnchorLink to="/applications/$id" params={{ id: application.id }} fw={600} size="sm">
                  {application.name}
                </AnchorLink>
                <Text size="xs" c="dimmed" truncate>
                  {t('application.listens', { hosts: application.hosts.join(', '), port: application.listenPort })}
                </Text>
              </div>
              <LevelStatus level={application.level} />
            </Group>
          ))}
          <AnchorLink to="/events" search={(now) => ({ tenant: now.tenant, applianceId: appliance.id })} size="sm">
            {t('appliance.serves.events')}
          </AnchorLink>
        </Stack>
      )}
    </Loaded>
  );
}
