// Model downloads through libcurl belong here. The target keeps its place in the graph, and the rule that
// nothing else imports libcurl, from the start; no download is written yet.
