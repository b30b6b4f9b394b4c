package api

import "context"

// Who is the id of the user on whose behalf a request is carried out, for the
// history of configuration; "" outside a request.
func Who(ctx context.Context) string { return string(whoOf(ctx).ID) }
