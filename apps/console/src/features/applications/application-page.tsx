import { SimpleGrid } from '@mantine/core';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useApplication } from '../../platform/api/resources.js';
import { useCan } from '../../platform/api/session.js';
import { AnchorLink } from '../../platform/components/anchor-link.js';
import { Loaded } from '../../platform/components/loaded.js';
import { LevelStatus } from '../../platform/components/level-status.js';
import { Page } from '../../platform/components/page.js';
import { Panel } from '../../platform/components/panel.js';
import { parseSpan } from '../../platform/components/spans.js';
import { TimeSpan } from '../../platform/components/time-span.js';
import { ApplicationFacts } from './application-facts.js';
import { AttackChart } from './attack-chart.js';
import { EffectivePolicy } from './effective-policy.js';
import { LevelSwitch } from './level-switch.js';
import { RecentEvents } from './recent-events.js';

/** One application: its level and how to change it, what it refused, and the settings that hold for it. */
export function ApplicationPage(): ReactNode {
  const { t } = useTranslation();
  const { id } = useParams({ from: '/frame/applications/$id' });
  const search = useSearch({ from: '/frame/applications/$id' });
  const navigate = useNavigate({ from: '/applications/$id' });
  const application = useApplication(id);
  const canSeeEvents = useCan('event:read');
  const span = parseSpan(search.span);
  return (
    <Page
      title={application.data?.name ?? t('application.title')}
      above={
        <AnchorLink to="/applications" size="sm">
          {t('action.back', { place: t('page.applications') })}
        </AnchorLink>
      }
      sentence={
        application.data && (
          <>
            <LevelStatus level={application.data.level} /> <span>{t(`application.meaning.${application.data.level}`)}</span>
          </>
        )
      }
    >
      <Loaded query={application} what={t('application.unread')}>
        {(view) => (
          <>
            <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
              <Panel title={t('application.level.title')}>
                <LevelSwitch application={view} />
              </Panel>
              <Panel title={t('application.facts.title')}>
                <ApplicationFacts application={view} />
              </Panel>
            </SimpleGrid>
            {canSeeEvents && (
              <>
                <Panel
                  title={t('application.attacks.title')}
                  actions={
                    <TimeSpan
                      value={span}
                      onChange={(next) => void navigate({ search: (now) => ({ ...now, span: next }), replace: true })}
                    />
                  }
                >
                  <AttackChart applicationId={id} span={span} />
                </Panel>
                <Panel
                  title={t('application.recent.title')}
                  actions={
                    <AnchorLink to="/events" search={(now) => ({ tenant: now.tenant, applicationId: id })} size="sm">
                      {t('application.recent.all')}
                    </AnchorLink>
                  }
                >
                  <RecentEvents application={view} />
                </Panel>
              </>
            )}
            <Panel
              title={t('application.effective.title')}
              actions={
                <AnchorLink to="/policies/$scope/$id" params={{ scope: 'application', id }} size="sm">
                  {t('application.effective.edit')}
                </AnchorLink>
              }
            >
              <EffectivePolicy applicationId={id} />
            </Panel>
          </>
        )}
      </Loaded>
    </Page>
  );
}
