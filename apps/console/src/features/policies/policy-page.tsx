import { Tabs } from '@mantine/core';
import type { PolicyVersionView } from '@phalanx/contracts';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useApplication, useNameOf } from '../../platform/api/resources.js';
import { useCan, useSession } from '../../platform/api/session.js';
import { useResource } from '../../platform/api/use-list.js';
import { AnchorLink } from '../../platform/components/anchor-link.js';
import { Empty } from '../../platform/components/empty.js';
import { Loaded } from '../../platform/components/loaded.js';
import { Page } from '../../platform/components/page.js';
import { RelativeTime } from '../../platform/components/time.js';
import { PolicyEditor } from './policy-editor.js';
import { PolicyHistory } from './policy-history.js';
import { parseSubject, policyPath, writePermission, type PolicySubject } from './policy-scope.js';

/** One policy: what it sets and locks, and its versions. */
export function PolicyPage(): ReactNode {
  const { t } = useTranslation();
  const { scope, id } = useParams({ from: '/frame/policies/$scope/$id' });
  const subject = parseSubject(scope, id);
  if (!subject) return <Empty title={t('error.noPage')} next={<AnchorLink to="/policies">{t('page.policies')}</AnchorLink>} />;
  return <SubjectPage key={`${scope} ${id}`} subject={subject} />;
}

function SubjectPage({ subject }: { readonly subject: PolicySubject }): ReactNode {
  const { t } = useTranslation();
  const { tab } = useSearch({ from: '/frame/policies/$scope/$id' });
  const navigate = useNavigate({ from: '/policies/$scope/$id' });
  const policy = useResource<PolicyVersionView>(policyPath(subject));
  const canWrite = useCan(writePermission(subject.scope));
  return (
    <Page
      title={useSubjectName(subject)}
      above={
        <AnchorLink to="/policies" size="sm">
          {t('action.back', { place: t('page.policies') })}
        </AnchorLink>
      }
      sentence={
        policy.data && (
          <>
            {t(`policy.about.${subject.scope}`)} {t('policy.current', { version: policy.data.version, by: policy.data.createdBy })}{' '}
            <RelativeTime at={policy.data.createdAt} />
          </>
        )
      }
    >
      <Tabs
        value={tab === 'history' ? 'history' : 'settings'}
        onChange={(next) =>
          void navigate({ search: (now) => ({ ...now, tab: next === 'history' ? 'history' : undefined }), replace: true })
        }
        keepMounted={false}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="settings">{t('policy.tab.settings')}</Tabs.Tab>
          <Tabs.Tab value="history">{t('policy.tab.history')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="settings">
          <Loaded query={policy} what={t('policy.oneUnread')} lines={8}>
            {(view) => <PolicyEditor key={view.version} subject={subject} policy={view} canWrite={canWrite} />}
          </Loaded>
        </Tabs.Panel>
        <Tabs.Panel value="history">
          <Loaded query={policy} what={t('policy.oneUnread')} lines={8}>
            {(view) => <PolicyHistory subject={subject} policy={view} canWrite={canWrite} />}
          </Loaded>
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function useSubjectName({ scope, id }: PolicySubject): string {
  const { t } = useTranslation();
  const tenantName = useNameOf(useSession().tenants);
  const application = useApplication(id, scope === 'application');
  if (scope === 'provider') return t('policy.scope.provider');
  return scope === 'tenant' ? tenantName(id) : (application.data?.name ?? t('policy.scope.application'));
}
