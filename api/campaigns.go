package api

import (
	"context"

	"github.com/callstamp/callstamp/api/wire"
)

// Campaigns starts and stops runs. Errors: ErrUnknown, or a refusal that the
// manager may read.
type Campaigns interface {
	List(ctx context.Context) ([]wire.Campaign, error)
	Start(ctx context.Context, id string) (wire.Campaign, error)
	Stop(ctx context.Context, id string) (wire.Campaign, error)
}

type campaignsOutput struct{ Body []wire.Campaign }

func (s *Server) listCampaigns(ctx context.Context, _ *struct{}) (*campaignsOutput, error) {
	list, err := s.deps.Campaigns.List(ctx)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	return &campaignsOutput{list}, nil
}

type campaignOutput struct{ Body wire.Campaign }

type campaignInput struct {
	ID string `path:"id" doc:"the campaign's id"`
}

func (s *Server) startCampaign(ctx context.Context, in *campaignInput) (*campaignOutput, error) {
	c, err := s.deps.Campaigns.Start(ctx, in.ID)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	return &campaignOutput{c}, nil
}

func (s *Server) stopCampaign(ctx context.Context, in *campaignInput) (*campaignOutput, error) {
	c, err := s.deps.Campaigns.Stop(ctx, in.ID)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	return &campaignOutput{c}, nil
}
