package api

import (
	"context"

	"github.com/callstamp/callstamp/api/wire"
)

// Routing keeps who takes which call. Errors: ErrUnknown, or a refusal that the
// manager may read.
type Routing struct {
	Queues  QueueRules
	Skills  SkillBook
	Reasons ReasonBook
	Callers CallerBook
}

// QueueRules keeps the queues' routing.
type QueueRules interface {
	QueueRules(ctx context.Context) ([]wire.QueueRouting, error)
	PutQueueRules(ctx context.Context, queue string, q wire.QueueRouting) (wire.QueueRouting, error)
}

// SkillBook keeps skills and who has them.
type SkillBook interface {
	Skills(ctx context.Context) ([]wire.Skill, error)
	PutSkill(ctx context.Context, k wire.Skill) error
	DeleteSkill(ctx context.Context, id string) error
	Agents(ctx context.Context) ([]wire.AgentRouting, error)
	SetAgentSkills(ctx context.Context, agent string, skills []wire.Able) error
}

// ReasonBook keeps the reasons of pauses.
type ReasonBook interface {
	Reasons(ctx context.Context) ([]wire.AuxReason, error)
	PutReason(ctx context.Context, r wire.AuxReason) error
}

// CallerBook keeps customers who are treated in a way of their own.
type CallerBook interface {
	Callers(ctx context.Context) ([]wire.Caller, error)
	PutCaller(ctx context.Context, c wire.Caller) error
	DeleteCaller(ctx context.Context, number string) error
}

func (s *Server) routingRoutes() {
	add(s, RoleSupervisor, "GET /api/queues", "Queues with their routing, needs and teams", s.listQueues)
	add(s, RoleManager, "PUT /api/queues/{id}/routing", "Change a queue's routing, needs and team, whole; takes effect at once", s.putQueue)
	add(s, RoleSupervisor, "GET /api/skills", "Skills", s.listSkills)
	add(s, RoleManager, "PUT /api/skills/{id}", "Make or rename a skill", s.putSkill)
	add(s, RoleManager, "DELETE /api/skills/{id}", "Take a skill from whoever has it and from the queues that ask for it", s.deleteSkill)
	add(s, RoleSupervisor, "GET /api/agents", "People with their skills and queues", s.listAgents)
	add(s, RoleManager, "PUT /api/agents/{id}/skills", "Say what an agent is able to do, whole; takes effect at once", s.putAgentSkills)
	add(s, RoleSupervisor, "GET /api/aux-reasons", "Why an agent may be paused", s.listReasons)
	add(s, RoleManager, "PUT /api/aux-reasons/{id}", "Make or change a reason of pauses", s.putReason)
	add(s, RoleManager, "GET /api/callers", "Customers who are treated in a way of their own", s.listCallers)
	add(s, RoleManager, "PUT /api/callers/{id}", "Make a number a VIP's, or an agent's customer's", s.putCaller)
	add(s, RoleManager, "DELETE /api/callers/{id}", "Treat a number as any other", s.deleteCaller)
	add(s, RoleSupervisor, "POST /api/calls/{id}/requeue", "Take a waiting call from the desks that it rings at, or move it to another queue", s.requeue)
	add(s, RoleSupervisor, "POST /api/agents/{id}/state", "Make an agent ready, paused or offline", s.forceAgent)
}

// listed is the answer of a list, done that of a change that has none.
type listed[T any] struct{ Body []T }

type done struct{}

// lists maps an error of what does a request; the answer is the body.
func lists[T any](ctx context.Context, s *Server, body []T, err error) (*listed[T], error) {
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	return &listed[T]{body}, nil
}

func (s *Server) changed(ctx context.Context, err error) (*done, error) {
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	return &done{}, nil
}

func (s *Server) listQueues(ctx context.Context, _ *struct{}) (*listed[wire.QueueRouting], error) {
	list, err := s.deps.Routing.Queues.QueueRules(ctx)
	return lists(ctx, s, list, err)
}

type queueInput struct {
	ID   string `path:"id" doc:"the queue's id"`
	Body wire.QueueRouting
}

type queueOutput struct{ Body wire.QueueRouting }

func (s *Server) putQueue(ctx context.Context, in *queueInput) (*queueOutput, error) {
	q, err := s.deps.Routing.Queues.PutQueueRules(ctx, in.ID, in.Body)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	return &queueOutput{q}, nil
}

func (s *Server) listSkills(ctx context.Context, _ *struct{}) (*listed[wire.Skill], error) {
	list, err := s.deps.Routing.Skills.Skills(ctx)
	return lists(ctx, s, list, err)
}

type skillInput struct {
	ID   string `path:"id" pattern:"^[a-z0-9_-]{1,64}$" doc:"the skill's id"`
	Body wire.Skill
}

func (s *Server) putSkill(ctx context.Context, in *skillInput) (*done, error) {
	in.Body.ID = in.ID
	return s.changed(ctx, s.deps.Routing.Skills.PutSkill(ctx, in.Body))
}

type idInput struct {
	ID string `path:"id"`
}

func (s *Server) deleteSkill(ctx context.Context, in *idInput) (*done, error) {
	return s.changed(ctx, s.deps.Routing.Skills.DeleteSkill(ctx, in.ID))
}

func (s *Server) listAgents(ctx context.Context, _ *struct{}) (*listed[wire.AgentRouting], error) {
	list, err := s.deps.Routing.Skills.Agents(ctx)
	return lists(ctx, s, list, err)
}

type agentSkillsInput struct {
	ID   string      `path:"id" doc:"the agent's id"`
	Body []wire.Able `maxItems:"100"`
}

func (s *Server) putAgentSkills(ctx context.Context, in *agentSkillsInput) (*done, error) {
	return s.changed(ctx, s.deps.Routing.Skills.SetAgentSkills(ctx, in.ID, in.Body))
}

func (s *Server) listReasons(ctx context.Context, _ *struct{}) (*listed[wire.AuxReason], error) {
	list, err := s.deps.Routing.Reasons.Reasons(ctx)
	return lists(ctx, s, list, err)
}

type reasonInput struct {
	ID   string `path:"id" pattern:"^[a-z0-9_-]{1,64}$" doc:"the reason's code"`
	Body wire.AuxReason
}

func (s *Server) putReason(ctx context.Context, in *reasonInput) (*done, error) {
	for _, language := range []string{"en", "vi", "zh-Hant"} {
		if in.Body.Names[language] == "" {
			return nil, s.fail(ctx, refuse(codeBadFrame, "The reason has no name in %s; agents read it in their own language. Give names.%s.", language, language))
		}
	}
	in.Body.Code = in.ID
	return s.changed(ctx, s.deps.Routing.Reasons.PutReason(ctx, in.Body))
}

func (s *Server) listCallers(ctx context.Context, _ *struct{}) (*listed[wire.Caller], error) {
	list, err := s.deps.Routing.Callers.Callers(ctx)
	return lists(ctx, s, list, err)
}

type callerInput struct {
	ID   string `path:"id" pattern:"^[+]?[0-9]{3,15}$" doc:"the number as calls come from it, as a rule E.164"`
	Body wire.Caller
}

func (s *Server) putCaller(ctx context.Context, in *callerInput) (*done, error) {
	in.Body.Number = in.ID
	return s.changed(ctx, s.deps.Routing.Callers.PutCaller(ctx, in.Body))
}

func (s *Server) deleteCaller(ctx context.Context, in *idInput) (*done, error) {
	return s.changed(ctx, s.deps.Routing.Callers.DeleteCaller(ctx, in.ID))
}
