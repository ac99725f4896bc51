package policy

import "github.com/open-policy-agent/opa/v1/ast"

// readsObjects reports whether a module may look at input.objects. No built-in rule does, and converting thousands of raw objects for
// nobody costs more than judging them; so they are converted only for a user's rule that names them, or that takes input in a way
// that cannot be followed (input as a whole, input[x]). It must be asked before the compiler rewrites the module.
func readsObjects(m *ast.Module) bool {
	found := false
	var visitor *ast.GenericVisitor
	visitor = ast.NewGenericVisitor(func(x any) bool {
		switch x := x.(type) {
		case ast.Ref:
			if len(x) < 2 || !x[0].Equal(ast.InputRootDocument) {
				return false
			}
			name, constant := x[1].Value.(ast.String)
			found = found || !constant || name == "objects"
			for _, term := range x[1:] {
				visitor.Walk(term)
			}
			return true
		case ast.Var:
			found = found || x.Equal(ast.InputRootDocument.Value)
		}
		return found
	})
	visitor.Walk(m)
	return found
}
