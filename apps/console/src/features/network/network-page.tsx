import { Button, Tabs } from '@mantine/core';
import type { ApplianceView, ClusterView, NetworkVersionView } from '@phalanx/contracts';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { toApiError } from '../../platform/api/api-error.js';
import { useCan } from '../../platform/api/session.js';
import { useResource, useWholeList } from '../../platform/api/use-list.js';
import { AnchorLink } from '../../platform/components/anchor-link.js';
import { Empty } from '../../platform/components/empty.js';
import { Loaded } from '../../platform/components/loaded.js';
import { Page } from '../../platform/components/page.js';
import { RelativeTime } from '../../platform/components/time.js';
import { NetworkEditor } from './network-editor.js';
import { NetworkHistory } from './network-history.js';

/** One cluster's packet filter: rules, protections, named objects, and its versions. */
export function NetworkPage(): ReactNode {
  const { t } = useTranslation();
  const { id } = useParams({ from: '/frame/network/$id' });
  const cluster = useResource<ClusterView>(`/clusters/${id}`);
  const network = useResource<NetworkVersionView>(`/clusters/${id}/network`);
  const isNone = network.isError && toApiError(network.error).status === 404;
  return (
    <Page
      title={cluster.data?.name ?? t('network.title')}
      above={
        <AnchorLink to="/network" size="sm">
          {t('action.back', { place: t('page.network') })}
        </AnchorLink>
      }
      sentence={
        network.data ? (
          <>
            {t('network.current', { version: network.data.version, by: network.data.createdBy })}{' '}
            <RelativeTime at={network.data.createdAt} />
          </>
        ) : (
          isNone && t('network.filtersNothing')
        )
      }
      actions={
        cluster.data?.kind === 'pair' && (
          <AnchorLink to="/pairs/$id" params={{ id }} size="sm">
            {t('network.toPair')}
          </AnchorLink>
        )
      }
    >
      <Loaded query={cluster} what={t('network.clustersUnread')}>
        {(view) => (isNone ? <Unfiltered cluster={view} /> : <Filtered cluster={view} network={network} />)}
      </Loaded>
    </Page>
  );
}

type NetworkQuery = ReturnType<typeof useResource<NetworkVersionView>>;

function Filtered({ cluster, network }: { readonly cluster: ClusterView; readonly network: NetworkQuery }): ReactNode {
  const { t } = useTranslation();
  const { tab } = useSearch({ from: '/frame/network/$id' });
  const navigate = useNavigate({ from: '/network/$id' });
  const canWrite = useCan('network:write');
  return (
    <Tabs
      value={tab === 'history' ? 'history' : 'editor'}
      onChange={(next) => void navigate({ search: (now) => ({ ...now, tab: next === 'history' ? 'history' : undefined }), replace: true })}
      keepMounted={false}
    >
      <Tabs.List mb="md">
        <Tabs.Tab value="editor">{t('network.tab.editor')}</Tabs.Tab>
        <Tabs.Tab value="history">{t('policy.tab.history')}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="editor">
        <Loaded query={network} what={t('network.unread')} lines={8}>
          {(version) => <EditorOf key={version.version} cluster={cluster} version={version} canWrite={canWrite} />}
        </Loaded>
      </Tabs.Panel>
      <Tabs.Panel value="history">
        <Loaded query={network} what={t('network.unread')} lines={8}>
          {(version) => <NetworkHistory cluster={cluster} network={version} canWrite={canWrite} />}
        </Loaded>
      </Tabs.Panel>
    </Tabs>
  );
}

function Unfiltered({ cluster }: { readonly cluster: ClusterView }): ReactNode {
  const { t } = useTranslation();
  const canWrite = useCan('network:write');
  const [isStarted, setStarted] = useState(false);
  if (isStarted) return <EditorOf cluster={cluster} version={null} canWrite={canWrite} />;
  return (
    <Empty
      title={t('network.noFilter')}
      next={t('network.noFilterNext')}
      action={canWrite && <Button onClick={() => setStarted(true)}>{t('network.start')}</Button>}
    />
  );
}

function EditorOf(props: {
  readonly cluster: ClusterView;
  readonly version: NetworkVersionView | null;
  readonly canWrite: boolean;
}): ReactNode {
  const { t } = useTranslation();
  const boxes = useWholeList<ApplianceView>('/appliances', { clusterId: props.cluster.id });
  return (
    <Loaded query={boxes} what={t('fleet.unread')} lines={6}>
      {({ items }) => <NetworkEditor {...props} boxes={items} />}
    </Loaded>
  );
}
