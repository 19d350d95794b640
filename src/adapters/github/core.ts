/**
 * The parts of @actions/core that are used. The package's own entry also loads an HTTP client of a megabyte, which takes as long as Node
 * itself does to start, and its `exports` hide the parts: hence the paths. https://github.com/actions/toolkit/issues/1697
 */
export { issue, issueCommand } from '../../../node_modules/@actions/core/lib/command.js'
export { issueFileCommand, prepareKeyValueMessage } from '../../../node_modules/@actions/core/lib/file-command.js'
export { summary } from '../../../node_modules/@actions/core/lib/summary.js'
