/** How many items a page has, if the request does not say, and at most. Source: GitHub Docs, "Using pagination in the REST API". */
const PER_PAGE = 30
const AT_MOST = 100

/** One page of the items, and the Link header to the others; empty if there is no other. */
export function pageOf(items: readonly unknown[], address: URL): { readonly items: readonly unknown[]; readonly link: string } {
  const size = Math.max(1, Math.min(AT_MOST, Number(address.searchParams.get('per_page') ?? PER_PAGE)))
  const page = Math.max(1, Number(address.searchParams.get('page') ?? 1))
  const last = Math.max(1, Math.ceil(items.length / size))
  const links = [
    ...(page > 1 ? [link(address, page - 1, 'prev'), link(address, 1, 'first')] : []),
    ...(page < last ? [link(address, page + 1, 'next'), link(address, last, 'last')] : []),
  ]
  return { items: items.slice((page - 1) * size, page * size), link: links.join(', ') }
}

function link(address: URL, page: number, rel: string): string {
  const to = new URL(address)
  to.searchParams.set('page', String(page))
  return `<${to.href}>; rel="${rel}"`
}
