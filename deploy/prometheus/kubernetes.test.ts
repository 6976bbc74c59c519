import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { prometheusConfig } from './config.ts'
import { clusterScrapes, podScrape } from './kubernetes.ts'

const missing = spawnSync('promtool', ['--version']).error && 'promtool is not installed'

test('Prometheus takes the scrape configuration of a cluster', { skip: missing }, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'prometheus-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const scrapes = clusterScrapes({ namespace: 'restofy', kubeState: 'kube-state-metrics:8080' })
  const config = prometheusConfig({
    ...{ scrapes, ruleFiles: [], alertmanagers: ['alertmanager:9093'] },
    externalLabels: { cluster: 'restofy', region: 'eu-central-1' },
    remoteWrite: [{ url: 'https://aps.test/api/v1/remote_write' }],
  })
  const file = join(folder, 'prometheus.json')
  writeFileSync(file, JSON.stringify(config))
  const check = ['check', 'config', '--syntax-only', file]
  const { status, stderr } = spawnSync('promtool', check, { encoding: 'utf8' })
  if (stderr.includes('kubernetes_sd_configs not found')) {
    return t.skip('this promtool is built without Kubernetes, as Debian 12 does')
  }
  assert.equal(status, 0, stderr)
})

/** What Prometheus would make of a pod's labels, or undefined when it is not scraped. */
function relabelled(discovered: Record<string, string>): Record<string, string> | undefined {
  const labels: Record<string, string> = { __metrics_path__: '/metrics', ...discovered }
  const rules = podScrape('restofy').relabel_configs as {
    source_labels: [string]
    regex?: string
    target_label?: string
    action?: string
  }[]
  for (const {
    source_labels: [source],
    regex = '(.*)',
    target_label,
    action,
  } of rules) {
    const found = new RegExp(`^(?:${regex})$`).exec(labels[source] ?? '')
    if ((action === 'keep' && !found) || (action === 'drop' && found)) return undefined
    if (target_label && found) labels[target_label] = found[1]!
  }
  return labels
}

const pod = {
  __meta_kubernetes_namespace: 'restofy',
  __meta_kubernetes_pod_name: 'order-7f-x',
  __meta_kubernetes_pod_phase: 'Running',
  __meta_kubernetes_pod_container_port_name: 'metrics',
  __meta_kubernetes_pod_label_app_kubernetes_io_part_of: 'restofy',
  __meta_kubernetes_pod_label_app_kubernetes_io_name: 'order',
  __meta_kubernetes_pod_label_app_kubernetes_io_component: 'worker',
}

test('a pod of ours is scraped as the service it is', () => {
  const { service, role, pod: name, __metrics_path__: path } = relabelled(pod)!
  assert.deepEqual([service, role, name, path], ['order', 'worker', 'order-7f-x', '/metrics'])
})

test('the broker says by annotation where its figures are', () => {
  const path = '/metrics/per-object'
  const broker = { ...pod, __meta_kubernetes_pod_annotation_prometheus_io_path: path }
  assert.equal(relabelled(broker)?.__metrics_path__, path)
})

test('other ports, other people’s pods and pods that have ended are not scraped', () => {
  for (const other of [
    { __meta_kubernetes_pod_container_port_name: 'http' },
    { __meta_kubernetes_pod_label_app_kubernetes_io_part_of: 'something' },
    { __meta_kubernetes_pod_phase: 'Succeeded' },
  ]) {
    assert.equal(relabelled({ ...pod, ...other }), undefined)
  }
})
