/** The lifecycle events of an in-place deployment. Source: CodeDeploy user guide, "Lifecycle event hook availability". */

/** Events that the service does itself, at the load balancer. */
export const ofTheService: ReadonlySet<string> = new Set(['BlockTraffic', 'AllowTraffic'])
const blocking = ['BeforeBlockTraffic', 'BlockTraffic', 'AfterBlockTraffic']
const own = ['ApplicationStop', 'DownloadBundle', 'BeforeInstall', 'Install', 'AfterInstall', 'ApplicationStart', 'ValidateService']
const allowing = ['BeforeAllowTraffic', 'AllowTraffic', 'AfterAllowTraffic']

/** In order. */
export function eventsOf(loadBalanced: boolean): readonly string[] {
  return loadBalanced ? [...blocking, ...own, ...allowing] : own
}

/** Events whose hooks come from the revision that was installed last, and not from the one that comes. */
export const ofTheLast: ReadonlySet<string> = new Set(['BeforeBlockTraffic', 'AfterBlockTraffic', 'ApplicationStop'])

/** Events whose failure `ignoreApplicationStopFailures` passes over. */
export const ignorable = ofTheLast

/** Events that have no hooks of a revision. */
export const withoutHooks: ReadonlySet<string> = new Set(['DownloadBundle', 'Install', ...ofTheService])

/** Every event that an AppSpec may name a hook for. */
export const hookable: readonly string[] = eventsOf(true).filter((event) => !withoutHooks.has(event))
