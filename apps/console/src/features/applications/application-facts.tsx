import type { ApplicationView } from '@phalanx/contracts';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useAppliances, useClusters, useNameOf } from '../../platform/api/resources.js';
import { useSession } from '../../platform/api/session.js';
import { AnchorLink } from '../../platform/components/anchor-link.js';
import { Digest } from '../../platform/components/copy.js';
import { type Fact, Facts } from '../../platform/components/facts.js';
import { describeTargets } from './describe-upstream.js';

/** Where the application listens, and where its requests go. */
export function ApplicationFacts({ application }: { readonly application: ApplicationView }): ReactNode {
  const { t } = useTranslation();
  const tenantName = useNameOf(useSession().tenants);
  const clusterName = useNameOf(useClusters(application.tenantId).data?.items);
  const boxes = useAppliances(application.tenantId).data?.items.filter(({ clusterId }) => clusterId === application.clusterId) ?? [];
  const { upstream } = application;
  const facts: readonly Fact[] = [
    { label: t('application.facts.tenant'), value: tenantName(application.tenantId) },
    { label: t('application.facts.hosts'), value: application.hosts.join(', ') },
    {
      label: t('application.facts.listener'),
      value: (
        <span className="mono">
          {boxes.flatMap((box) => box.listenAddresses.map((address) => `${address}:${application.listenPort}`)).join(', ') ||
            `:${application.listenPort}`}
        </span>
      ),
    },
    { label: t('application.facts.upstream'), value: <span className="mono">{describeTargets(upstream)}</span> },
    { label: t('application.facts.balance'), value: t(`application.facts.balances.${upstream.balance}`) },
    ...(upstream.protocol === 'https'
      ? [
          {
            label: t('application.facts.verify'),
            value: upstream.verify ? t('application.facts.verified') : t('application.facts.unverified'),
          },
        ]
      : []),
    { label: t('application.facts.cluster'), value: clusterName(application.clusterId) },
    {
      label: t('application.facts.appliances'),
      value: boxes.map((box, index) => (
        <span key={box.id}>
          {index > 0 && ', '}
          <AnchorLink to="/appliances/$id" params={{ id: box.id }}>
            {box.name}
          </AnchorLink>
        </span>
      )),
    },
    {
      label: t('application.facts.settings'),
      value: (
        <>
          {t('application.facts.version', { version: application.settingsVersion })} <Digest value={application.settingsDigest} />
        </>
      ),
    },
  ];
  return <Facts items={facts} />;
}
